import type { ClientCommands } from './client/client-command.ts'

/** The commands that talk to a broker which runs. */
export const CLIENT_COMMANDS: ClientCommands = new Map(
  Object.entries({
    status: {
      summary: 'how the broker is doing',
      load: () => import('./commands/status.ts'),
    },
    list: {
      summary: 'what is there: queues, exchanges, connections, users and so on',
      load: () => import('./commands/list.ts'),
    },
    declare: {
      summary: 'create a queue, an exchange or a binding',
      load: () => import('./commands/declare.ts'),
    },
    delete: {
      summary: 'delete a queue, an exchange, a binding or a message, or close a connection',
      load: () => import('./commands/delete.ts'),
    },
    purge: {
      summary: 'delete all messages that are ready in a queue',
      load: () => import('./commands/purge.ts'),
    },
    publish: {
      summary: 'publish messages',
      load: () => import('./commands/publish.ts'),
    },
    get: {
      summary: 'take messages from a queue',
      load: () => import('./commands/get.ts'),
    },
    peek: {
      summary: 'look at messages in a queue, and leave them as they are',
      load: () => import('./commands/peek.ts'),
    },
    move: {
      summary: 'move messages to where they died, or elsewhere',
      load: () => import('./commands/move.ts'),
    },
    'explain-route': {
      summary: 'which bindings a message would match, and why no others',
      load: () => import('./commands/explain-route.ts'),
    },
    user: {
      summary: 'add, change and delete users',
      load: () => import('./commands/user.ts'),
    },
    vhost: {
      summary: 'add and delete virtual hosts',
      load: () => import('./commands/vhost.ts'),
    },
    permissions: {
      summary: 'what users may do in a virtual host',
      load: () => import('./commands/permissions.ts'),
    },
    policy: {
      summary: 'set and delete policies',
      load: () => import('./commands/policy.ts'),
    },
    cluster: {
      summary: 'nodes and shards of a cluster, and moving them',
      load: () => import('./commands/cluster.ts'),
    },
    definitions: {
      summary: 'export and import what is declared',
      load: () => import('./commands/definitions.ts'),
    },
    bench: {
      summary: 'measure a broker with a small load over AMQP',
      load: () => import('./commands/bench.ts'),
    },
    completion: {
      summary: 'print what makes a shell complete these commands',
      load: () => import('./commands/completion.ts'),
    },
  }),
)

/** Options that all these commands have, which may stand before the command; and whether a value follows. */
const COMMON_OPTIONS: ReadonlyMap<string, boolean> = new Map([
  ['--url', true],
  ['--user', true],
  ['--vhost', true],
  ['--timeout', true],
  ['--json', false],
])

/**
 * Which of these commands the arguments ask for: the first word that is neither an option of theirs nor its
 * value, `help` aside. Undefined for all that is about a broker of this process's own.
 */
export function clientCommandIn(args: readonly string[]): string | undefined {
  let index = 0
  for (let arg = args[0]; arg?.startsWith('-'); arg = args[index]) {
    const [option = '', inline] = arg.split('=', 2)
    const hasValue = COMMON_OPTIONS.get(option)
    if (hasValue === undefined) return undefined
    index += hasValue && inline === undefined ? 2 : 1
  }
  const name = args[index] === 'help' ? args[index + 1] : args[index]
  return name !== undefined && CLIENT_COMMANDS.has(name) ? name : undefined
}
