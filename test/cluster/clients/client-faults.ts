import type { Random } from '../../crash/traffic/random.ts'
import type { ClientStage, StageNode } from './client-stage.ts'

/** Something that is done to the stage, and undone again after a while. */
export interface ClientFault {
  readonly name: string
  /** Whose clients have nothing to expect meanwhile. */
  readonly hurtNode?: StageNode
  /** Whom others may take for dead. */
  readonly doubted: readonly StageNode[]
  readonly lastsMs: number
  /** It is over before anybody can be sure of it: nobody goes on without the node meanwhile. */
  readonly isShort?: boolean
  hurt(): Promise<void> | void
  heal(): Promise<void> | void
}

/** So long a node may be silent that is not taken for dead at once. */
const SHORT_MS = 2500
/** Noticed when its peers hear nobody; when its heartbeat is missed; when two pings are not answered. */
const NOTICED_MS = { killed: 1500, silent: 4000 }

export function killed(node: StageNode): ClientFault {
  return ended(node, 'is killed', () => node.broker.kill())
}

export function left(node: StageNode): ClientFault {
  return ended(node, 'leaves', () => node.broker.stop())
}

function ended(node: StageNode, what: string, end: () => Promise<void>): ClientFault {
  const { broker, clients, name } = node
  return {
    name: `${name} ${what}`,
    hurtNode: node,
    doubted: [],
    lastsMs: NOTICED_MS.killed,
    async hurt() {
      clients.expectEnd()
      // What they have goes to others while it ends.
      clients.doubt()
      await end()
      clients.lost()
    },
    async heal() {
      await broker.start()
      await clients.open(broker.url)
    },
  }
}

export function paused(node: StageNode, lastsMs: number = NOTICED_MS.silent): ClientFault {
  const { broker, name } = node
  return {
    name: `${name} is paused for ${lastsMs} ms`,
    hurtNode: node,
    doubted: [node],
    lastsMs,
    isShort: lastsMs < SHORT_MS,
    hurt: () => broker.pause(),
    heal: () => broker.continue(),
  }
}

export function cutOff(node: StageNode, lastsMs: number = NOTICED_MS.silent): ClientFault {
  const { network, name } = node
  if (network === undefined) throw new Error('there is nothing to cut')
  return {
    name: `${name} is cut off for ${lastsMs} ms`,
    hurtNode: node,
    doubted: [node],
    lastsMs,
    isShort: lastsMs < SHORT_MS,
    hurt: () => network.cut(),
    heal: () => network.heal(),
  }
}

export type ServerEnd = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP'

export function serverGone(stage: ClientStage, index: number, how: ServerEnd): ClientFault {
  const server = stage.nats.servers[index]
  if (server === undefined) throw new Error('there is no such server')
  const isPause = how === 'SIGSTOP'
  return {
    name: `NATS server ${server.name} gets ${how}`,
    // Whoever is connected to it may be unheard for a while, and who leads what there, nobody is told.
    doubted: stage.nodes,
    lastsMs: isPause ? NOTICED_MS.silent : NOTICED_MS.killed,
    hurt: () => (isPause ? server.signal(how) : server.stop(how)),
    async heal() {
      if (isPause) server.signal('SIGCONT')
      else server.start()
      // Two servers that are hurt at a time would be no majority.
      await stage.nats.ready()
    },
  }
}

/** Any fault, of any node or server. */
export function anyFault(stage: ClientStage, random: Random): ClientFault {
  const node = random.pick(stage.nodes)
  const server = random.between(0, stage.nats.servers.length - 1)
  const lastsMs = random.magnitude(300, 8000)
  const faults: (() => ClientFault)[] = [
    () => killed(node),
    () => killed(node),
    () => left(node),
    () => paused(node, lastsMs),
    () => serverGone(stage, server, random.pick(['SIGTERM', 'SIGKILL', 'SIGSTOP'] as const)),
  ]
  if (node.network !== undefined) faults.push(() => cutOff(node, lastsMs))
  return random.pick(faults)()
}

/** Does it and undoes it. Returns the longest time without a confirm for clients of the other nodes. */
export async function undergo(stage: ClientStage, fault: ClientFault): Promise<number> {
  const { name, hurtNode, doubted, lastsMs, isShort = false } = fault
  const others = stage.nodes.filter((node) => node !== hurtNode)
  await stage.settle()
  stage.endPeace(name)
  for (const { clients } of doubted) clients.doubt()
  await fault.hurt()
  await new Promise((resolve) => setTimeout(resolve, lastsMs))
  if (!isShort) await stage.progress(others)
  let gapMs = stage.takeLongestGapMs(others)
  await fault.heal()
  if (isShort) {
    await stage.progress(others)
    gapMs = Math.max(gapMs, stage.takeLongestGapMs(others))
  }
  await stage.calm()
  return gapMs
}
