import type { Message } from '../message/message.ts'
import type { Batch, QueueRuns } from './batch.ts'
import { LogEntry } from './log-entry.ts'
import type { QueueLog, Ticket } from './queue-log.ts'
import type { RecordChain } from './record-chain.ts'
import { SequenceRanges } from './sequence-ranges.ts'

/**
 * What a queue tells, put where the next record is made from. A message that waits for its record
 * only changes; of one that has a record, be it in flight, the next one says what became of it.
 */
export class QueueNotes implements QueueLog, QueueRuns {
  readonly queueId: number
  readonly delivered: SequenceRanges = new SequenceRanges()
  readonly settled: SequenceRanges = new SequenceRanges()
  readonly #batch: Batch
  readonly #chain: RecordChain
  /** The ticket of the batch that these runs are in. */
  #ticket: Ticket = 0

  constructor(queueId: number, batch: Batch, chain: RecordChain) {
    this.queueId = queueId
    this.#batch = batch
    this.#chain = chain
  }

  enqueue(message: Message, sequence: number): Ticket {
    const entry = message.logEntry as LogEntry | null
    if (entry === null) {
      const created = new LogEntry(message, this.queueId, sequence, false)
      message.logEntry = created
      return this.#batch.add(created)
    }
    entry.add(this.queueId, sequence, false)
    if (entry.record === null) return this.#batch.note()
    this.#chain.grew()
    return this.#batch.addAgain(entry)
  }

  deliver(message: Message, sequence: number): void {
    const entry = message.logEntry as LogEntry | null
    if (entry === null || !entry.markDelivered(this.queueId, sequence)) return
    if (entry.record === null) return
    this.delivered.add(sequence)
    this.#noteRuns()
  }

  settle(message: Message, sequence: number): void {
    const entry = message.logEntry as LogEntry | null
    if (entry === null || !entry.remove(this.queueId, sequence)) return
    if (!entry.isLive) message.logEntry = null
    const { record } = entry
    if (record === null) return
    this.#chain.shrank(entry, record)
    this.settled.add(sequence)
    this.#noteRuns()
  }

  clear(): void {
    this.delivered.clear()
    this.settled.clear()
  }

  #noteRuns(): void {
    const { ticket } = this.#batch
    if (this.#ticket === ticket) return
    this.#ticket = ticket
    this.#batch.addRuns(this)
  }
}
