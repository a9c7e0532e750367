import type { Message } from '../../../src/message/message.ts'
import { Backlog } from '../../../src/queue/backlog.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { ManualSpillStore } from './manual-spill-store.ts'

/** The backlog of a durable queue, with a log and a store for pages of the test's. */
export class BacklogFixture {
  readonly log: LogFixture
  readonly store: ManualSpillStore = new ManualSpillStore()
  readonly clock: FakeClock = new FakeClock()
  readonly logger: RecordingLogger = new RecordingLogger()
  readonly budget: MessageBudget
  readonly backlog: Backlog
  /** What came back: its sequence, its body, and whether it was delivered before. */
  readonly taken: string[] = []
  readonly messages: Message[] = []
  loadedCount = 0
  #nextSequence: number

  /** Pages leave memory when they are full, unless the budget has room for them. */
  constructor(budgetBytes = 0, log: LogFixture = new LogFixture()) {
    this.log = log
    this.budget = new MessageBudget(budgetBytes)
    const { clock, logger, budget } = this
    const spill = new Spill(this.store, () => {}, logger)
    this.backlog = new Backlog(log.queue, { budget, spill, clock, logger })
    this.#nextSequence = log.queue.nextSequence
    if (log.queue.count > 0) this.backlog.recover(log.queue)
  }

  /** Adds messages, and gives what they should come back as. */
  push(count: number, kind: 'logged' | 'transient', bytes = 500): string[] {
    return Array.from({ length: count }, () => {
      const sequence = this.#nextSequence++
      const body = `${kind} ${sequence} `
      const deliveryMode = kind === 'logged' ? 2 : 1
      const message = sampleMessage(body.padEnd(bytes, '.'), { properties: { deliveryMode } })
      if (kind === 'logged') this.log.queue.enqueue(message, sequence)
      this.backlog.push(message, sequence, 0, kind === 'logged', 0)
      return `${sequence}: ${body}`
    })
  }

  takeFromMemory(): void {
    this.backlog.takeFromMemory(this.#take)
  }

  load(): void {
    this.backlog.load(this.#take, () => this.loadedCount++)
  }

  /** Stores, writes and reads all that is under way. */
  async settle(): Promise<void> {
    await this.log.storeAll()
    await this.store.settle()
    await microtasks()
  }

  /** Takes all there is, as a queue does. */
  async takeAll(): Promise<string[]> {
    for (let round = 0; this.backlog.length > 0; round++) {
      if (round > 1000) throw new Error(`${this.backlog.length} messages do not come back`)
      this.takeFromMemory()
      this.load()
      await this.settle()
    }
    return this.taken
  }

  #take = (message: Message, sequence: number, delivered: boolean): void => {
    this.messages.push(message)
    const [body] = bodyOf(message).toString().split('.')
    this.taken.push(`${sequence}: ${body}${delivered ? 'again' : ''}`)
  }
}
