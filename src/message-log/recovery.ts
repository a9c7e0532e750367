import type { Message } from '../message/message.ts'
import type { LogEntry, LogRecord } from './log-entry.ts'
import { PlaceIndex } from './place-index.ts'
import type { RecordChain } from './record-chain.ts'
import { RecordReader, type RecordVisitor } from './record-reader.ts'

/** Takes a message back that was in a queue, or answers that there is no such queue any more. */
export type Restore = (
  queueId: number,
  sequence: number,
  message: Message,
  redelivered: boolean,
) => boolean

/** Finds out from the records, oldest first, what is in the queues: the last word counts. */
export class Recovery implements RecordVisitor {
  readonly #chain: RecordChain
  readonly #reader = new RecordReader(this)
  readonly #queues = new Map<number, PlaceIndex>()
  /** The last queue that was spoken of, which mostly is the next one too. */
  #queueId = -1
  #queue = new PlaceIndex()
  #record: LogRecord | undefined

  constructor(chain: RecordChain) {
    this.#chain = chain
  }

  /** The bytes become the messages'. Throws as `RecordReader` does, and keeps what was whole. */
  read(position: number, bytes: Buffer): void {
    this.#record = this.#chain.begin(bytes.length, [])
    this.#chain.stored(this.#record, position)
    this.#reader.read(bytes)
  }

  enqueued(entry: LogEntry): void {
    this.#chain.adopt(entry, this.#record as LogRecord)
    entry.message.logEntry = entry
    this.#place(entry, entry.queueId, entry.sequence)
    entry.further?.visit((queueId, sequence) => this.#place(entry, queueId, sequence))
  }

  delivered(queueId: number, from: number, count: number): void {
    this.#indexOf(queueId).filter(from, count, (sequence, entry) => {
      entry.markDelivered(queueId, sequence)
      return true
    })
  }

  settled(queueId: number, from: number, count: number): void {
    this.#indexOf(queueId).filter(from, count, (sequence, entry) => {
      this.#remove(entry, queueId, sequence)
      return false
    })
  }

  /** Calls back for each place, queue by queue and in the order of the sequences. */
  visitPlaces(visit: (queueId: number, sequence: number, entry: LogEntry) => void): void {
    const byId = [...this.#queues].sort(([a], [b]) => a - b)
    for (const [queueId, index] of byId) {
      index.visit((sequence, entry) => visit(queueId, sequence, entry))
    }
  }

  #place(entry: LogEntry, queueId: number, sequence: number): void {
    const before = this.#indexOf(queueId).set(sequence, entry)
    if (before !== undefined) this.#remove(before, queueId, sequence)
  }

  #remove(entry: LogEntry, queueId: number, sequence: number): void {
    if (entry.remove(queueId, sequence)) this.#chain.shrank(entry, entry.record as LogRecord)
  }

  #indexOf(queueId: number): PlaceIndex {
    if (queueId === this.#queueId) return this.#queue
    let index = this.#queues.get(queueId)
    if (index === undefined) {
      index = new PlaceIndex()
      this.#queues.set(queueId, index)
    }
    this.#queueId = queueId
    this.#queue = index
    return index
  }
}
