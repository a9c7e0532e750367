// A stream on a message log whose journal is in memory, with a clock of the test's.

import { type FieldTable, fieldTableFromObject } from 'amqp-codec'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import type { PolicyDefinition } from '../../../src/definitions/definition.ts'
import type { Message } from '../../../src/message/message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import type { QueueLog } from '../../../src/message-log/queue-log.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { Place, QueueConsumer } from '../../../src/queue/queue.ts'
import { StreamQueue } from '../../../src/stream/stream-queue.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { ManualJournal, microtasks } from '../message-log/manual-journal.ts'

export interface FixtureOptions {
  readonly arguments?: Readonly<Record<string, unknown>>
  readonly policy?: PolicyDefinition
  readonly budgetBytes?: number
  readonly untidyBytes?: number
  readonly clock?: FakeClock
}

const STREAM_ID = 1
const OTHER_ID = 2

export class StreamFixture {
  readonly clock: FakeClock
  readonly turn = new Turn()
  readonly budget: MessageBudget
  readonly journal: ManualJournal
  readonly log: MessageLog
  readonly #options: FixtureOptions
  /** Set when the log has been read. */
  stream!: StreamQueue
  /** Another queue's, in the same journal. */
  other!: QueueLog

  /** A stream that finds what the journal has. */
  static async open(
    options: FixtureOptions = {},
    journal: ManualJournal = new ManualJournal(),
  ): Promise<StreamFixture> {
    const fixture = new StreamFixture(options, journal)
    await fixture.log.recover()
    fixture.#openStream()
    return fixture
  }

  private constructor(options: FixtureOptions, journal: ManualJournal) {
    this.#options = options
    this.clock = options.clock ?? new FakeClock()
    this.budget = new MessageBudget(options.budgetBytes ?? Number.POSITIVE_INFINITY)
    this.journal = journal
    this.log = new MessageLog({
      journal,
      turn: this.turn,
      clock: this.clock,
      logger: silentLogger,
      onFailing: () => {},
      onBehind: () => {},
      ...(options.untidyBytes === undefined ? {} : { untidyBytes: options.untidyBytes }),
    })
  }

  /** As the next process finds it. */
  reopen(): Promise<StreamFixture> {
    const clock = new FakeClock(this.clock.now())
    return StreamFixture.open({ ...this.#options, clock }, this.journal.reopened())
  }

  publish(...bodies: string[]): void {
    for (const body of bodies) this.stream.publish(sampleMessage(body))
  }

  /** All that was noted is stored, and whoever waits for it goes on. */
  async store(): Promise<void> {
    do {
      this.turn.run()
      while (this.journal.pendingCount > 0) await this.journal.settle('store')
      await microtasks()
    } while (this.log.lastTicket > this.log.storedTicket)
    await this.read()
  }

  /** What is being read comes. */
  async read(): Promise<void> {
    for (let round = 0; round < 20; round++) await microtasks()
  }

  consume(args: Readonly<Record<string, unknown>>, prefetchCount = 1000): TestConsumer {
    const consumer = new TestConsumer(fieldTableFromObject(args), prefetchCount)
    this.stream.consume(consumer)
    this.stream.resume(consumer)
    return consumer
  }

  /** Acknowledges all that the consumer has, until nothing more comes. */
  async drain(consumer: TestConsumer): Promise<void> {
    while (consumer.unacked.length > 0) {
      this.stream.acknowledge(consumer.unacked.splice(0))
      this.stream.resume(consumer)
      await this.read()
    }
  }

  #openStream(): void {
    const args = { 'x-queue-type': 'stream', ...this.#options.arguments }
    this.other = this.log.queueLog(OTHER_ID)
    this.stream = new StreamQueue({
      name: 's',
      vhostName: '/',
      properties: {
        durable: true,
        exclusiveOwner: null,
        autoDelete: false,
        arguments: fieldTableFromObject(args),
      },
      events: { lastConsumerLeft() {}, expired() {}, deadLetter() {} },
      storage: { budget: this.budget, spill: null, clock: this.clock, logger: silentLogger },
      log: this.log.queueLog(STREAM_ID),
      tickets: this.log,
    })
    this.stream.applyPolicy(this.#options.policy ?? new Map())
  }
}

export class TestConsumer implements QueueConsumer {
  readonly noAck = false
  readonly priority = 0
  readonly prefetchCount: number
  readonly arguments: FieldTable
  readonly unacked: Place[] = []
  readonly bodies: string[] = []
  readonly offsets: number[] = []
  isCancelled = false

  constructor(consumeArguments: FieldTable, prefetchCount: number) {
    this.arguments = consumeArguments
    this.prefetchCount = prefetchCount
  }

  canTake(): boolean {
    return this.unacked.length < this.prefetchCount
  }

  deliver(message: Message, sequence: number, _redelivered: boolean, sent = message): void {
    this.unacked.push({ message, sequence })
    this.offsets.push(sequence)
    this.bodies.push(bodyOf(sent).toString().trim())
  }

  cancelled(): void {
    this.isCancelled = true
  }
}
