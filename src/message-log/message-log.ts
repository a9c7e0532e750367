import type { Logger } from '../base/logger.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import type { Journal } from '../store/journal.ts'
import { Appender, type AppenderOptions } from './appender.ts'
import { Batch, type BatchContent } from './batch.ts'
import type { QueueLog, Ticket } from './queue-log.ts'
import { QueueNotes } from './queue-notes.ts'
import { RecordChain } from './record-chain.ts'
import { RecordWriter } from './record-writer.ts'
import { Recovery, type Restore } from './recovery.ts'

export interface MessageLogOptions extends AppenderOptions {
  readonly turn: Turn
  /**
   * The journal may hold this much, or four times what is needed if that is more, before messages
   * that hold up the removal of old records are stored again; 4 MiB unless it is given.
   */
  readonly untidyBytes?: number
}

const UNTIDY_BYTES = 4 * 1024 * 1024

/** Told when what it waits for is safe. */
export interface TicketListener {
  /** All that was noted with this ticket or an earlier one is safe. */
  stored(ticket: Ticket): void
}

/**
 * The messages of durable queues, in the journal. All that one turn of the event loop notes is one
 * record, and all that is noted while a record is being written is the next one: so the flush of a
 * busy broker serves thousands of messages, and that of an idle one is not waited for.
 *
 *     note … note ─▶ batch ─ end of turn, journal idle ─▶ record ─▶ journal ─▶ stored: confirms
 *                      ▲                                    │
 *                      └── settled before: not written      └─ refused: kept, tried again
 *
 * What is settled before its batch is taken leaves no trace; after that, the next record says so.
 */
export class MessageLog implements TurnTask {
  readonly #journal: Journal
  readonly #turn: Turn
  readonly #logger: Logger
  readonly #appender: Appender
  readonly #writer = new RecordWriter()
  readonly #chain: RecordChain
  readonly #batch: Batch
  readonly #listeners = new Set<TicketListener>()
  /**
   *     idle ─ note ─▶ scheduled ─ end of turn ─▶ writing ─ stored ─▶ idle, or scheduled again
   *       └─ close ─▶ closed ◀─ nothing left, or given up ─┘
   */
  #state: 'idle' | 'scheduled' | 'writing' | 'closed' = 'idle'
  #storedTicket: Ticket = 0
  #closing: Promise<void> | undefined
  #onClosed = (): void => {}

  constructor(options: MessageLogOptions) {
    this.#journal = options.journal
    this.#turn = options.turn
    this.#logger = options.logger
    this.#appender = new Appender(options)
    this.#chain = new RecordChain(options.untidyBytes ?? UNTIDY_BYTES)
    this.#batch = new Batch(() => this.#schedule())
  }

  /** All that was noted with this ticket or an earlier one is safe. */
  get storedTicket(): Ticket {
    return this.#storedTicket
  }

  /** The ticket of what was noted last: when that is safe, so is everything until now. */
  get lastTicket(): Ticket {
    return this.#batch.isNoted ? this.#batch.ticket : this.#batch.ticket - 1
  }

  /** Bytes of records, and how many of them messages need that are still in queues. */
  get bytes(): number {
    return this.#chain.bytes
  }

  get liveBytes(): number {
    return this.#chain.liveBytes
  }

  /** Tells the listener each ticket that becomes safe, once, until `unlisten`. */
  listen(listener: TicketListener): void {
    this.#listeners.add(listener)
  }

  unlisten(listener: TicketListener): void {
    this.#listeners.delete(listener)
  }

  /** What a queue notes with; its id must be its own for ever. */
  queueLog(queueId: number): QueueLog {
    return new QueueNotes(queueId, this.#batch, this.#chain)
  }

  /**
   * Reads the journal and calls back for every message in a queue, queue by queue, each in the order
   * of its sequences. To be awaited before anything is noted. Rejects when the journal does, and when
   * a newer program has written to it.
   */
  async recover(restore: Restore): Promise<void> {
    const recovery = new Recovery(this.#chain)
    await this.#journal.recover((position, record) => this.#read(recovery, position, record))
    recovery.visitPlaces((queueId, sequence, entry) => {
      const { message } = entry
      const isBack = restore(queueId, sequence, message, entry.wasDelivered(queueId, sequence))
      if (!isBack) this.queueLog(queueId).settle(message, sequence)
    })
    this.#goOn(undefined)
  }

  endTurn(): void {
    // These are dead because of what is stored, or is going to be with this very batch.
    const dead = this.#chain.takeDead()
    for (const entry of this.#chain.stragglers()) this.#batch.addAgain(entry)
    const { ticket } = this.#batch
    const content = this.#batch.take()
    if (content.entries.length + content.again.length + content.runs.length === 0) {
      this.#stored(ticket, dead)
      return
    }
    this.#state = 'writing'
    void this.#write(ticket, content, dead)
  }

  /**
   * Waits until all that was noted is stored. When the journal refuses it even then, that is logged
   * and the wait is over. The journal is left open.
   */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#onClosed = resolve
      this.#appender.stopTrying()
      if (this.#state === 'idle') this.#close()
    })
    return this.#closing
  }

  #read(recovery: Recovery, position: number, record: Buffer): void {
    // The journal wants its bytes back, and the messages are going to need theirs.
    const bytes = Buffer.allocUnsafeSlow(record.length)
    record.copy(bytes)
    try {
      recovery.read(position, bytes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      const fields = { position, reason: error.message }
      this.#logger.error(fields, 'A record of the journal is malformed: its end is left out')
    }
  }

  async #write(ticket: Ticket, content: BatchContent, dead: number | undefined): Promise<void> {
    const parts = this.#writer.write(content)
    for (const runs of content.runs) runs.clear()
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    const record = this.#chain.begin(bytes, content.entries)
    let position: number
    try {
      position = await this.#appender.append(parts)
    } catch (error) {
      this.#logger.error({ error }, 'The journal refused the last record: what it says is lost')
      this.#close()
      return
    }
    this.#chain.stored(record, position)
    for (const entry of content.again) if (entry.isLive) this.#chain.move(entry, record)
    this.#stored(ticket, dead)
  }

  #stored(ticket: Ticket, dead: number | undefined): void {
    this.#state = 'idle'
    this.#storedTicket = ticket
    for (const listener of this.#listeners) listener.stored(ticket)
    this.#goOn(dead)
  }

  /** Sees to what is next, when no record is being written. */
  #goOn(dead: number | undefined): void {
    const { isNoted } = this.#batch
    // A message that was settled since is only dead once that is stored too: the same record may say
    // where it has gone instead.
    const upTo = isNoted ? dead : (this.#chain.takeDead() ?? dead)
    if (upTo !== undefined) this.#truncate(upTo)
    if (isNoted || (this.#chain.isUntidy && this.#closing === undefined)) this.#schedule()
    else if (this.#closing !== undefined) this.#close()
  }

  #schedule(): void {
    if (this.#state !== 'idle') return
    this.#state = 'scheduled'
    this.#turn.schedule(this)
  }

  #truncate(upTo: number): void {
    this.#journal.truncate(upTo).catch((error: unknown) => {
      // The next one takes with it what this one has left.
      this.#logger.warn({ error, upTo }, 'The journal did not remove records')
    })
  }

  #close(): void {
    this.#state = 'closed'
    this.#onClosed()
  }
}
