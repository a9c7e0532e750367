import { type BasicProperties, type FieldTable, fieldTableFromObject } from 'amqp-codec'
import { silentLogger } from '../../../src/base/logger.ts'
import type { PolicyValue } from '../../../src/definitions/definition.ts'
import type { PublishOutcome } from '../../../src/exchange/destination.ts'
import type { Message } from '../../../src/message/message.ts'
import type { QueueLog } from '../../../src/message-log/queue-log.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import type { ClassicQueueParts } from '../../../src/queue/classic-queue-parts.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { DeadLetter, Place, QueueConsumer } from '../../../src/queue/queue.ts'
import type { QueueStorage } from '../../../src/queue/queue-storage.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

/** A message's name, which is its body up to the first dot. */
export const nameOf = (message: Message): string =>
  bodyOf(message).toString().split('.')[0] as string

interface Sketch {
  readonly priority?: number
  readonly prefetchCount?: number
  readonly noAck?: boolean
}

/** Takes as many as its prefetch count says; 0 is no limit. */
export class TestConsumer implements QueueConsumer {
  readonly noAck: boolean
  readonly priority: number
  readonly prefetchCount: number
  readonly arguments: FieldTable = new Map()
  /** Names of what came. */
  readonly taken: string[] = []
  /** What came and is not settled. */
  readonly held: Place[] = []
  isCancelled = false

  constructor({ priority = 0, prefetchCount = 0, noAck = false }: Sketch = {}) {
    this.priority = priority
    this.prefetchCount = prefetchCount
    this.noAck = noAck
  }

  canTake(): boolean {
    return this.prefetchCount === 0 || this.held.length < this.prefetchCount
  }

  deliver(message: Message, sequence: number, redelivered: boolean, sent = message): void {
    if (!this.noAck) this.held.push({ message, sequence })
    const count = sent.headers?.get('x-delivery-count')?.value
    const marks = `${redelivered ? ' again' : ''}${typeof count === 'bigint' ? ` ${count}` : ''}`
    this.taken.push(`${nameOf(message)}${marks}`)
  }

  cancelled(): void {
    this.isCancelled = true
  }
}

export interface QueueFixtureOptions {
  readonly arguments?: Readonly<Record<string, unknown>>
  readonly clock?: FakeClock
  readonly storage?: Partial<QueueStorage>
  readonly logOf?: (priority: number) => QueueLog | null
  readonly newQueue?: (parts: ClassicQueueParts) => ClassicQueue
  readonly awaitsClaims?: boolean
}

/** A queue in memory, unless something else is given, whose time the test moves. */
export class QueueFixture {
  readonly clock: FakeClock
  readonly queue: ClassicQueue
  readonly budget: MessageBudget = new MessageBudget(Number.POSITIVE_INFINITY)
  readonly letters: DeadLetter[] = []
  /** Whether these come at once to where they go. */
  isArriving = true
  expiredCount = 0

  constructor({
    arguments: sketch = {},
    clock = new FakeClock(),
    storage = {},
    logOf = () => null,
    newQueue = (parts) => new ClassicQueue(parts),
    awaitsClaims = false,
  }: QueueFixtureOptions = {}) {
    this.clock = clock
    this.queue = newQueue({
      name: 'q',
      vhostName: '/',
      properties: {
        durable: true,
        exclusiveOwner: null,
        autoDelete: false,
        arguments: fieldTableFromObject(sketch),
      },
      events: {
        lastConsumerLeft() {},
        expired: () => void this.expiredCount++,
        deadLetter: (letter) => {
          this.letters.push(letter)
          if (this.isArriving) letter.arrived()
        },
      },
      storage: { budget: this.budget, spill: null, clock, logger: silentLogger, ...storage },
      logOf,
      awaitsClaims,
    })
  }

  /** What died, and of what. */
  get deaths(): string[] {
    return this.letters.map(({ message, reason }) => `${nameOf(message)} ${reason}`)
  }

  publish(name: string, properties: BasicProperties = {}, bytes = 1): PublishOutcome {
    return this.queue.publish(sampleMessage(name.padEnd(bytes, '.'), { properties }))
  }

  publishAll(names: readonly string[], properties: BasicProperties = {}): void {
    for (const name of names) this.publish(name, properties)
  }

  /** Takes the first message. */
  get(noAck = false): string | undefined {
    const taken = this.queue.get(noAck)
    return taken && `${nameOf(taken.message)}${taken.redelivered ? ' again' : ''}`
  }

  /** Takes all that is ready. */
  drain(): string[] {
    const names: string[] = []
    for (let name = this.get(true); name !== undefined; name = this.get(true)) names.push(name)
    return names
  }

  apply(policy: Readonly<Record<string, PolicyValue>>): void {
    this.queue.applyPolicy(new Map(Object.entries(policy)))
  }
}
