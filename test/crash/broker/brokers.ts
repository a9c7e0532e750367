import type { CrashBroker } from './crash-broker.ts'
import { Leveret } from './leveret.ts'
import { RabbitMq } from './rabbitmq.ts'

/** A way to run a broker; `in` makes one whose data are in this directory. */
export interface Choice {
  readonly name: string
  in(directory: string): CrashBroker | Promise<CrashBroker>
}

/** What is tested: Leveret, or the RabbitMQ of this machine with CRASH_BROKER=rabbitmq. */
const isJudged = process.env['CRASH_BROKER'] === 'rabbitmq'

const RABBITMQ: Choice = { name: 'RabbitMQ', in: (directory) => RabbitMq.in(directory) }

/** Leveret, its confirms being worth this much, with these arguments of the program. */
function leveret(durability: 'disk' | 'os', args: readonly string[] = []): Choice {
  return {
    name: ['Leveret --durability', durability, ...args].join(' '),
    in: (directory) => new Leveret({ directory, durability, args }),
  }
}

const inMemory = leveret('disk')
const withoutFlush = leveret('os')
/** Most of what it holds is on disk only, or in the file of pages. */
const shortOfMemory = leveret('os', ['--message-memory', '100000'])

export const allBrokers: readonly Choice[] = isJudged
  ? [RABBITMQ]
  : [inMemory, withoutFlush, shortOfMemory]

/** For what is about one queue and much data. */
export const brokersOfDeepQueues: readonly Choice[] = isJudged
  ? [RABBITMQ]
  : [withoutFlush, shortOfMemory]

export const oneBroker: readonly Choice[] = isJudged ? [RABBITMQ] : [inMemory]

export const brokersWithPriorities: readonly Choice[] = isJudged
  ? [RABBITMQ]
  : [inMemory, shortOfMemory]

/** RabbitMQ's classic queues let go of a dead message before it has arrived, and may lose it. */
export const brokersThatMoveSafely: readonly Choice[] = isJudged
  ? []
  : [inMemory, withoutFlush, shortOfMemory]
