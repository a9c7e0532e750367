// A stream on a message log of the test's, with consumers that behave as a channel's do; beside it the
// model, which is told of everything that happens and says whether it may.

import { fieldTableFromObject } from 'amqp-codec'
import { expect } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import { storedBytes } from '../../../src/message/stored-message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { StreamQueue } from '../../../src/stream/stream-queue.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { ManualJournal, microtasks } from '../../unit/message-log/manual-journal.ts'
import { Consumer, type OnDelivery } from './stream-consumer.ts'
import { type Start, StreamModel } from './stream-model.ts'
import type { Operation } from './stream-operations.ts'

const QUEUE_ID = 7
/** So little that what consumers read has to leave memory all the time. */
const BUDGET_BYTES = 150_000
const RETRY_MS = 1000

export class StreamUnderTest {
  readonly model = new StreamModel()
  readonly #isLogged: boolean
  #journal = new ManualJournal()
  #turn = new Turn()
  #clock = new FakeClock()
  #log: MessageLog
  #stream: StreamQueue
  #consumers: Consumer[] = []
  #budget = new MessageBudget(BUDGET_BYTES)
  /** Given to consumers that had gone before they were to be settled. */
  #leftUnacked = 0
  #policy = new Map<string, string | number>()
  #count = 0
  /** With which ticket what is before that offset is safe. */
  #tickets: { readonly ticket: number; readonly end: number }[] = []

  constructor(isLogged: boolean) {
    this.#isLogged = isLogged
    this.#log = this.#newLog()
    this.#stream = this.#newStream()
  }

  async perform(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'publish':
        for (let left = operation.count; left > 0; left--) this.#publish(operation)
        break
      case 'consume':
        this.#consume(operation)
        break
      case 'settle':
        this.#settle(operation)
        break
      case 'cancel': {
        const [consumer] = this.#consumers.splice(operation.consumer, 1)
        if (consumer !== undefined) this.#leftUnacked += consumer.unacked.length
        if (consumer !== undefined) this.#stream.cancel(consumer)
        break
      }
      case 'room': {
        const consumer = this.#consumers[operation.consumer]
        if (consumer !== undefined) consumer.hasRoom = operation.hasRoom
        if (consumer !== undefined && operation.hasRoom) this.#stream.resume(consumer)
        break
      }
      case 'advance':
        this.#clock.advance(operation.ms)
        break
      case 'policy':
        this.#applyPolicy(operation.maxBytes, operation.maxAge)
        break
      case 'endTurn':
        this.#turn.run()
        break
      case 'journal':
        await this.#journal.settle(operation.outcome)
        break
      case 'reopen':
        if (this.#isLogged) await this.#reopen(operation.isThere)
        break
      default:
        operation satisfies never
    }
    // What is read takes its time, and then more may be.
    for (let round = 0; round < 20; round++) await this.#whileRead()
    this.#compare()
    if (this.#log.lastTicket <= this.#log.storedTicket) this.#expectServed()
  }

  /** What is in memory is read in the next turn; turns of the log are operations of their own. */
  #whileRead(): Promise<void> {
    return this.#isLogged ? microtasks() : new Promise((resolve) => setImmediate(resolve))
  }

  /** Everything is stored, and everybody takes what there is. */
  async rest(): Promise<void> {
    for (const consumer of this.#consumers) consumer.hasRoom = true
    for (let round = 0; round < 300; round++) {
      this.#turn.run()
      await this.#journal.settle('store')
      this.#clock.advance(RETRY_MS)
      await this.#whileRead()
      for (const consumer of this.#consumers) {
        this.#stream.acknowledge(consumer.unacked.splice(0))
        this.#stream.resume(consumer)
      }
      await this.#whileRead()
      this.#compare()
    }
    expect(this.model.storedEnd).toBe(this.model.messages.length)
    this.#expectServed()
    this.model.expectTrimmed()
    // What nobody reads any more has left memory.
    this.#clock.advance(10_000)
    if (this.#isLogged) expect(this.#budget.usedBytes).toBe(0)
  }

  readonly #onDelivery: OnDelivery = (consumer, sent, offset) => {
    // What is stored by now is what the stream may show; in memory, all of it is.
    this.#noteStored()
    const { headers } = sent
    expect(headers?.get('x-stream-offset')).toEqual({ type: 'l', value: BigInt(offset) })
    this.#noteRemoved()
    this.model.delivered(consumer.model, offset, bodyOf(sent).toString())
  }

  #publish({ size, filter }: Operation & { do: 'publish' }): void {
    const body = `${++this.#count}`.padEnd(size, '.')
    const headers = fieldTableFromObject(filter === '' ? {} : { 'x-stream-filter-value': filter })
    const properties = {
      deliveryMode: 1 + (this.#count % 2),
      ...(filter === '' ? {} : { headers }),
    }
    const message = sampleMessage(body, { properties, chunkBytes: 4096 })
    const timeMs = this.#clock.wallTime()
    const bytes = storedBytes(message)
    this.model.messages.push({ body, filterValue: filter || null, timeMs, bytes })
    const ticket = this.#stream.publish(message)
    this.#tickets.push({ ticket, end: this.model.messages.length })
    this.#noteRemoved()
  }

  #consume({ start: kind, at, prefetchCount, filter }: Operation & { do: 'consume' }): void {
    const { messages, first } = this.model
    const offset = Math.floor(at * messages.length)
    const timeMs = messages[Math.max(first, offset)]?.timeMs ?? this.#clock.wallTime() + 1000
    // Times in arguments are whole seconds.
    const seconds = Math.ceil(timeMs / 1000)
    const start: Start =
      kind === 'offset'
        ? { kind, offset }
        : kind === 'time'
          ? { kind, timeMs: seconds * 1000 }
          : { kind }
    const consumeArguments = new Map(
      fieldTableFromObject({
        ...(filter === null ? {} : { 'x-stream-filter': filter }),
        ...(filter?.includes('unfiltered') ? { 'x-stream-match-unfiltered': true } : {}),
        'x-stream-offset': kind === 'offset' ? offset : kind,
      }),
    )
    if (kind === 'time')
      consumeArguments.set('x-stream-offset', { type: 'T', value: BigInt(seconds) })
    const model = this.model.consumer(`${this.#consumers.length}`, start, filter)
    const consumer = new Consumer(this.#onDelivery, model, prefetchCount, consumeArguments)
    this.#consumers.push(consumer)
    this.#stream.consume(consumer)
    this.#stream.resume(consumer)
  }

  #settle({ consumer: index, count, how }: Operation & { do: 'settle' }): void {
    const consumer = this.#consumers[index]
    if (consumer === undefined) return
    this.#stream[how](consumer.unacked.splice(0, count))
    this.#stream.resume(consumer)
  }

  #applyPolicy(maxBytes: number | null, maxAge: string | null): void {
    this.#policy = new Map()
    if (maxBytes !== null) this.#policy.set('max-length-bytes', maxBytes)
    if (maxAge !== null) this.#policy.set('max-age', maxAge)
    const maxAgeMs = maxAge === null ? Number.POSITIVE_INFINITY : maxAge === '10s' ? 10_000 : 60_000
    this.model.limits = { maxAgeMs, maxBytes: maxBytes ?? Number.POSITIVE_INFINITY }
    this.#stream.applyPolicy(this.#policy)
  }

  async #reopen(isThere: boolean): Promise<void> {
    if (isThere) await this.#journal.settle('doubt')
    this.#journal = this.#journal.reopened()
    this.#turn = new Turn()
    this.#consumers = []
    this.#leftUnacked = 0
    this.#tickets = []
    this.#budget = new MessageBudget(BUDGET_BYTES)
    const { limits } = this.model
    const policy = this.#policy
    this.#clock = new FakeClock(this.#clock.now())
    this.#log = this.#newLog()
    await this.#log.recover()
    this.#stream = this.#newStream()
    this.model.limits = limits
    const { firstOffset, readyCount } = this.#stream
    this.model.reopened(firstOffset, firstOffset + readyCount)
    this.#stream.applyPolicy(policy)
  }

  #compare(): void {
    this.#noteStored()
    this.#noteRemoved()
    const { messages, first } = this.model
    const unacked = this.#consumers.reduce((sum, consumer) => sum + consumer.unacked.length, 0)
    expect(this.#stream.readyCount).toBe(messages.length - first)
    expect(this.#stream.consumerCount).toBe(this.#consumers.length)
    expect(this.#stream.unackedCount).toBe(unacked + this.#leftUnacked)
  }

  /** Nobody waits who could take something. */
  #expectServed(): void {
    for (const consumer of this.#consumers) {
      if (consumer.canTake()) expect(this.model.firstWanted(consumer.model)).toBeUndefined()
    }
  }

  #noteRemoved(): void {
    this.model.removedBefore(this.#stream.firstOffset, this.#clock.wallTime())
  }

  /** How much is safe is what the log says, not what the stream does. */
  #noteStored(): void {
    const stored = this.#tickets.filter(({ ticket }) => ticket <= this.#log.storedTicket)
    const last = stored.at(-1)
    if (last !== undefined) this.model.storedEnd = last.end
    this.#tickets.splice(0, stored.length)
  }

  #newLog(): MessageLog {
    return new MessageLog({
      journal: this.#journal,
      turn: this.#turn,
      clock: this.#clock,
      logger: silentLogger,
      onFailing: () => {},
      onBehind: () => {},
      untidyBytes: 400_000,
    })
  }

  #newStream(): StreamQueue {
    const properties = {
      durable: true,
      exclusiveOwner: null,
      autoDelete: false,
      arguments: fieldTableFromObject({ 'x-stream-max-segment-size-bytes': 1 }),
    }
    return new StreamQueue({
      name: 's',
      vhostName: '/',
      properties,
      events: { lastConsumerLeft() {}, expired() {}, deadLetter() {} },
      storage: { budget: this.#budget, spill: null, clock: this.#clock, logger: silentLogger },
      log: this.#isLogged ? this.#log.queueLog(QUEUE_ID) : null,
      tickets: this.#isLogged ? this.#log : null,
    })
  }
}
