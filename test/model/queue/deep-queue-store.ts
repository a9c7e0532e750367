import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import type { QueueLog } from '../../../src/message-log/queue-log.ts'
import { MessageBudget } from '../../../src/queue/message-budget.ts'
import type { QueueStorage } from '../../../src/queue/queue-storage.ts'
import { Spill } from '../../../src/queue/spill.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryJournal } from '../../../src/store/memory/memory-journal.ts'
import type { SpillStore } from '../../../src/store/spill-store.ts'
import type { FakeClock } from '../../support/fake-clock.ts'
import { type Fault, FaultyJournal } from '../../support/faulty-journal.ts'
import { ManualSpillStore } from '../../unit/queue/manual-spill-store.ts'
import type { Found } from './deep-queue-model.ts'
import { textOf } from './queue-under-test.ts'

/** Room for some messages only. */
const BUDGET_BYTES = 4000
/** So little that messages are stored again after a few records. */
const UNTIDY_BYTES = 16_000

const STEP_MS = 300

/** A journal that also cannot be read while its disk fails. */
class FailingJournal extends FaultyJournal {
  readonly #fails: () => boolean

  constructor(disk: MemoryDisk, fails: () => boolean) {
    const fault = (): Fault | undefined => (fails() ? 'refuse' : undefined)
    super(new MemoryJournal(disk, 'disk'), fault)
    this.#fails = fails
  }

  override read(first: number, last: number): Promise<Buffer[]> {
    return this.#fails() ? Promise.reject(new Error('the disk is broken')) : super.read(first, last)
  }
}

export interface DeepQueueStoreOptions {
  readonly disk: MemoryDisk
  readonly clock: FakeClock
  readonly maxPriority: number
  readonly spillStore: SpillStore | undefined
}

/** All that a durable queue is kept in, as one process has it. */
export class DeepQueueStore {
  readonly budget: MessageBudget = new MessageBudget(BUDGET_BYTES)
  readonly storage: QueueStorage
  readonly log: MessageLog
  /** Whether nothing can be read or written. */
  fails = false
  readonly #disk: MemoryDisk
  readonly #spillStore: SpillStore
  readonly #clock: FakeClock
  readonly #maxPriority: number

  /** Without a store for pages, there is one that takes its time and fails with the disk. */
  static async open(options: DeepQueueStoreOptions): Promise<DeepQueueStore> {
    const store = new DeepQueueStore(options)
    await store.log.recover()
    return store
  }

  private constructor({ disk, clock, maxPriority, spillStore }: DeepQueueStoreOptions) {
    this.#disk = disk
    this.#clock = clock
    this.#maxPriority = maxPriority
    this.#spillStore = spillStore ?? new ManualSpillStore()
    const parts = { clock: this.#clock, logger: silentLogger }
    this.log = new MessageLog({
      ...parts,
      journal: new FailingJournal(disk, () => this.fails),
      turn: new Turn(),
      onFailing() {},
      onBehind() {},
      untidyBytes: UNTIDY_BYTES,
    })
    this.storage = { ...parts, budget: this.budget, spill: new Spill(this.#spillStore, () => {}) }
  }

  /** Bytes of pages that are not given up. */
  get spillBytes(): number {
    return this.#spillStore.bytes
  }

  /** Whether nothing is under way, as far as can be seen. */
  get isAtRest(): boolean {
    const store = this.#spillStore
    const isWriting = store instanceof ManualSpillStore && store.writeCount + store.readCount > 0
    return !isWriting && this.log.lastTicket === this.log.storedTicket
  }

  /** Where the messages of a priority are. */
  readonly logOf = (priority: number): QueueLog => this.log.queueLog(1 + priority)

  /** The messages that the log has, in the order of each priority. */
  async contents(): Promise<Found[]> {
    const found: Found[] = []
    for (let priority = 0; priority <= this.#maxPriority; priority++) {
      const log = this.logOf(priority)
      for (let from = 0; from < log.nextSequence; ) {
        const { messages, next } = await log.read(from, log.nextSequence - 1)
        for (const { message, delivered, expiresAt } of messages) {
          const bytes = message.bodySize
          found.push({ body: textOf(message), priority, bytes, expiresAt, delivered })
        }
        from = next
      }
    }
    return found
  }

  /** The disk as the next process finds it. Who still writes here writes in vain. */
  afterCrash(): MemoryDisk {
    const disk = new MemoryDisk()
    disk.records.fill(this.#disk.records.written)
    return disk
  }

  /** Something of what is under way comes to its end. */
  async step(): Promise<void> {
    const store = this.#spillStore
    if (store instanceof ManualSpillStore) {
      if (store.writeCount > 0) await store.endWrite(this.fails ? 'refuse' : 'store')
      else if (store.readCount > 0) await store.endRead(this.fails ? 'refuse' : 'give')
    }
    this.#clock.advance(STEP_MS)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
