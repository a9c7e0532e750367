import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { seconds } from '../client/numbers.ts'
import { openSession, type Session } from '../client/session.ts'
import { columns } from '../output/columns.ts'
import type { Shown } from '../output/output.ts'
import { durationText } from '../output/units.ts'
import { showWatched } from '../output/watching.ts'

type Parent = ReturnType<Program['command']>

export function define(program: Program): void {
  const parent = program.command('cluster').description('The cluster that the broker is in.')
  defineLook(parent, 'status', 'How the cluster is doing.', status)
  defineLook(parent, 'nodes', 'The nodes of the cluster, also those that are away.', nodes)
  defineLook(parent, 'shards', 'The shards of the cluster, and which node has which.', shards)
  defineMove(parent)
  defineDrain(parent)
  defineForget(parent)
}

function defineLook(
  parent: Parent,
  name: string,
  description: string,
  look: (session: Session) => Promise<Shown>,
): void {
  parent
    .command(name)
    .description(description)
    .option('--watch [seconds]', 'again and again, every 2 seconds unless said otherwise', seconds)
    .action(async (options, command) => {
      const session = await openSession(command.optsWithGlobals())
      await showWatched(session.output, options.watch, () => look(session))
    })
}

function defineMove(parent: Parent): void {
  parent
    .command('move')
    .description('Have a shard moved to another node, as soon as its owner has let go of it.')
    .argument('<shard>', 'number')
    .argument('<node>', 'name')
    .action(async (shard, node, _options, command) => {
      const session = await openSession(command.optsWithGlobals())
      await ask(session, () => session.api.post(apiPath`/cluster/shards/${shard}/move`, { node }))
      session.output.done(`Shard ${shard} moves to node "${node}"`, { moving: true })
    })
}

function defineDrain(parent: Parent): void {
  parent
    .command('drain')
    .description('Have all shards of a node moved to the others, as before it is stopped.')
    .argument('<node>', 'name')
    .option('--off', 'let it have shards again')
    .action(async (node, { off = false }, command) => {
      const session = await openSession(command.optsWithGlobals())
      await ask(session, () =>
        session.api.post(apiPath`/cluster/nodes/${node}/drain`, { on: !off }),
      )
      const sentence = off ? `Node "${node}" gets shards again` : `Node "${node}" is being drained`
      session.output.done(sentence, { draining: !off })
    })
}

function defineForget(parent: Parent): void {
  parent
    .command('forget')
    .description('Speak no more of a node that is gone for good.')
    .argument('<node>', 'name')
    .action(async (node, _options, command) => {
      const session = await openSession(command.optsWithGlobals())
      await ask(session, () => session.api.delete(apiPath`/cluster/nodes/${node}`))
      session.output.done(`Forgot node "${node}"`, { forgotten: true })
    })
}

/** As the API has it. */
interface Cluster {
  readonly name: string
  readonly node: string
  readonly is_member: boolean
  readonly nodes: readonly ClusterNode[]
  readonly shards: Readonly<Record<string, number>>
}

interface ClusterNode {
  readonly name: string
  readonly running: boolean
  readonly draining: boolean
  readonly alarms?: readonly string[]
  readonly uptime?: number
}

const ask = <Body>(session: Session, request: () => Promise<Body>): Promise<Body> =>
  session.ownEndpoint('leveret cluster', request)

const clusterOf = (session: Session): Promise<Cluster> =>
  ask(session, () => session.api.get<Cluster>('/cluster'))

async function status(session: Session): Promise<Shown> {
  const { output } = session
  const cluster = await clusterOf(session)
  const { name, node, is_member, nodes: all, shards: count } = cluster
  const away = all.filter(({ running }) => !running).map((one) => one.name)
  const draining = all.filter((one) => one.draining).map((one) => one.name)
  const alarms = all.flatMap((one) => (one.alarms ?? []).map((alarm) => `${alarm} (${one.name})`))
  const listed = (names: readonly string[]): string => names.join(', ') || 'none'
  const { total = 0, serving = 0, moving = 0, without_owner = 0 } = count
  const rows = [
    ['Cluster', name],
    ['Asked', is_member ? node : `${node}, which cannot reach the others`],
    ['Nodes', `${all.length}, away ${listed(away)}, draining ${listed(draining)}`],
    ['Shards', `${total}, serving ${serving}, moving ${moving}, without owner ${without_owner}`],
    ['Alarms', listed(alarms)],
  ].map(([what, figure]) => ({ what, figure }))
  const { lines } = output.table(columns('what', 'figure'), rows)
  return { lines: output.isTerminal ? lines.slice(1) : lines, json: cluster }
}

async function nodes(session: Session): Promise<Shown> {
  const { nodes: all } = await clusterOf(session)
  const shown = columns('name', 'state', 'shards', 'connections', 'up', 'alarms')
  const { lines } = session.output.table(shown, all.map(withWords))
  return { lines, json: all }
}

function withWords(node: ClusterNode): object {
  const { running, draining, uptime } = node
  const state = running ? (draining ? 'draining' : 'running') : 'away'
  return { ...node, state, up: uptime === undefined ? undefined : durationText(uptime) }
}

async function shards(session: Session): Promise<Shown> {
  const all = await ask(session, () => session.api.get<readonly object[]>('/cluster/shards'))
  const shown = columns(
    ...['shard', 'owner', 'target:moves to', 'epoch', 'state', 'queues', 'messages'],
    'sessions:nodes',
  )
  return session.output.table(shown, all)
}
