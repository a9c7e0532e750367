import { isDeepStrictEqual } from 'node:util'
import { Option } from '@commander-js/extra-typings'
import { apiPath, exchangeInPath } from '../client/api-path.ts'
import { type BindingEnds, bindingsPath, DESTINATION_TYPES } from '../client/binding-path.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { collected, keyValues } from '../client/key-values.ts'
import { openSession, type Session } from '../client/session.ts'

type Parent = ReturnType<Program['command']>

export function define(program: Program): void {
  const parent = program.command('delete').description('Delete something, or close a connection.')
  defineQueue(parent)
  defineExchange(parent)
  defineBinding(parent)
  defineMessage(parent)
  defineConnection(parent)
}

function defineQueue(parent: Parent): void {
  parent
    .command('queue')
    .description('Delete a queue with all its messages.')
    .argument('<queue>', 'name')
    .option('--if-unused', 'not while it has consumers')
    .option('--if-empty', 'not while it has messages')
    .action(async (queue, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const path = apiPath`/queues/${session.vhost}/${queue}`
      await remove(session, `queue "${queue}"`, path + conditions(options))
    })
}

function defineExchange(parent: Parent): void {
  parent
    .command('exchange')
    .description('Delete an exchange with all its bindings.')
    .argument('<exchange>', 'name')
    .option('--if-unused', 'not while it has bindings')
    .action(async (exchange, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const path = apiPath`/exchanges/${session.vhost}/${exchangeInPath(exchange)}`
      await remove(session, `exchange "${exchange}"`, path + conditions(options))
    })
}

function defineBinding(parent: Parent): void {
  parent
    .command('binding')
    .description('Delete a binding: the one with this key and these arguments.')
    .argument('<exchange>', 'where messages come from')
    .argument('<destination>', 'queue or exchange that they go to')
    .option('--routing-key <key>', 'key or pattern', '')
    .addOption(
      new Option('--to <type>', 'what the destination is')
        .choices(DESTINATION_TYPES)
        .default('queue' as const),
    )
    .option('--argument <key=value>', 'may be given several times', collected)
    .action(async (source, destination, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const ends = { vhost: session.vhost, source, destination, to: options.to }
      const wanted = keyValues(options.argument ?? [])
      const path = await bindingPath(session, ends, options.routingKey, wanted)
      await remove(session, `binding from "${source}" to ${options.to} "${destination}"`, path)
    })
}

interface Binding {
  readonly routing_key: string
  readonly arguments: object
  readonly properties_key: string
}

/** The broker has a name of its own for each binding between two. */
async function bindingPath(
  { api }: Session,
  ends: BindingEnds,
  routingKey: string,
  wanted: object,
): Promise<string> {
  const path = bindingsPath(ends)
  const binding = (await api.get<Binding[]>(path)).find(
    (one) => one.routing_key === routingKey && isDeepStrictEqual(one.arguments, wanted),
  )
  if (binding !== undefined) return path + apiPath`/${binding.properties_key}`
  throw new CommandError(
    'notFound',
    `no binding from "${ends.source}" to ${ends.to} "${ends.destination}" has the key "${routingKey}" and these arguments`,
  )
}

function defineMessage(parent: Parent): void {
  parent
    .command('message')
    .description('Delete one message from a queue, by the id that peek shows. Leveret only.')
    .argument('<queue>', 'where it is')
    .argument('<id>', 'which one')
    .action(async (queue, id, _options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const path = apiPath`/queues/${session.vhost}/${queue}/messages/${id}`
      await session.ownEndpoint('deleting one message', () =>
        remove(session, `message ${id} from queue "${queue}"`, path),
      )
    })
}

function defineConnection(parent: Parent): void {
  parent
    .command('connection')
    .description('Close a connection.')
    .argument('<connection>', 'its name, as listed')
    .option('--reason <text>', 'what the client is told')
    .action(async (connection, { reason }, command) => {
      const { api, output } = await openSession(command.optsWithGlobals())
      const headers = reason === undefined ? {} : { 'x-reason': reason }
      await api.send('DELETE', apiPath`/connections/${connection}`, undefined, headers)
      output.done(`Closed connection "${connection}"`, { deleted: true })
    })
}

async function remove({ api, output }: Session, what: string, path: string): Promise<void> {
  await api.delete(path)
  output.done(`Deleted ${what}`, { deleted: true })
}

interface Conditions {
  readonly ifUnused?: true | undefined
  readonly ifEmpty?: true | undefined
}

function conditions({ ifUnused, ifEmpty }: Conditions): string {
  const query = new URLSearchParams()
  if (ifUnused) query.set('if-unused', 'true')
  if (ifEmpty) query.set('if-empty', 'true')
  return query.size === 0 ? '' : `?${query.toString()}`
}
