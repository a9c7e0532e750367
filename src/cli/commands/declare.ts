import { Option } from '@commander-js/extra-typings'
import { apiPath, exchangeInPath } from '../client/api-path.ts'
import { bindingsPath, DESTINATION_TYPES } from '../client/binding-path.ts'
import type { Program } from '../client/global-options.ts'
import { collected, keyValues } from '../client/key-values.ts'
import { openSession, type Session } from '../client/session.ts'

const ARGUMENT = ['--argument <key=value>', 'x-max-length=5; may be given several times'] as const

export function define(program: Program): void {
  const declare = program
    .command('declare')
    .description('Create something, or make sure that it is there as it should be.')
  declare
    .command('queue')
    .description('Create a queue.')
    .argument('<queue>', 'name')
    .addOption(new Option('--type <type>', 'kind').choices(['classic', 'quorum', 'stream']))
    .option('--transient', 'gone after a restart')
    .option('--auto-delete', 'gone with its last consumer')
    .option(...ARGUMENT, collected)
    .action(async (queue, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const type = options.type === undefined ? {} : { 'x-queue-type': options.type }
      await put(session, `queue "${queue}"`, apiPath`/queues/${session.vhost}/${queue}`, {
        durable: !options.transient,
        auto_delete: options.autoDelete ?? false,
        arguments: { ...type, ...keyValues(options.argument ?? []) },
      })
    })
  declare
    .command('exchange')
    .description('Create an exchange.')
    .argument('<exchange>', 'name')
    .option('--type <type>', 'direct, fanout, topic, headers or another', 'direct')
    .option('--transient', 'gone after a restart')
    .option('--auto-delete', 'gone with its last binding')
    .option('--internal', 'only for what other exchanges pass on')
    .option(...ARGUMENT, collected)
    .action(async (exchange, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const path = apiPath`/exchanges/${session.vhost}/${exchangeInPath(exchange)}`
      await put(session, `exchange "${exchange}"`, path, {
        type: options.type,
        durable: !options.transient,
        auto_delete: options.autoDelete ?? false,
        internal: options.internal ?? false,
        arguments: keyValues(options.argument ?? []),
      })
    })
  defineBinding(declare.command('binding'))
}

function defineBinding(command: ReturnType<Program['command']>): void {
  command
    .description('Bind a queue, or another exchange, to an exchange.')
    .argument('<exchange>', 'where messages come from')
    .argument('<destination>', 'queue or exchange that they go to')
    .option('--routing-key <key>', 'key or pattern', '')
    .addOption(
      new Option('--to <type>', 'what the destination is')
        .choices(DESTINATION_TYPES)
        .default('queue'),
    )
    .option(...ARGUMENT, collected)
    .action(async (source, destination, options, self) => {
      const session = await openSession(self.optsWithGlobals())
      const { vhost, output, api } = session
      await api.post(bindingsPath({ vhost, source, destination, to: options.to }), {
        routing_key: options.routingKey,
        arguments: keyValues(options.argument ?? []),
      })
      output.done(`Bound ${options.to} "${destination}" to exchange "${source}"`, { bound: true })
    })
}

async function put(session: Session, what: string, path: string, body: object): Promise<void> {
  const isNew = await session.api.put(path, body)
  session.output.done(isNew ? `Created ${what}` : `There is ${what} already`, { created: isNew })
}
