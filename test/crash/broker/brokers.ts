import type { CrashBroker } from './crash-broker.ts'
import { Leveret } from './leveret.ts'
import { RabbitMq } from './rabbitmq.ts'

export interface BrokerChoice {
  readonly name: string
  make(directory: string, args?: readonly string[]): CrashBroker | Promise<CrashBroker>
}

const LEVERET: readonly BrokerChoice[] = (['disk', 'os'] as const).map((durability) => ({
  name: `Leveret, durability ${durability}`,
  make: (directory, args = []) => new Leveret({ directory, durability, args }),
}))

const RABBITMQ: readonly BrokerChoice[] = [
  { name: 'RabbitMQ', make: (directory) => RabbitMq.in(directory) },
]

/** What is tested: Leveret, or the RabbitMQ of this machine with CRASH_BROKER=rabbitmq. */
export const brokers: readonly BrokerChoice[] =
  process.env['CRASH_BROKER'] === 'rabbitmq' ? RABBITMQ : LEVERET
