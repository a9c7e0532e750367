import type { Logger } from '../base/logger.ts'
import type { Turn, TurnTask } from '../base/turn.ts'
import { ACCEPTED, type PublishOutcome, REJECTED } from '../exchange/destination.ts'
import type { Journal } from '../store/journal.ts'
import { JournalLostError } from '../store/store-error.ts'
import { Appender, type AppenderOptions } from './appender.ts'
import { Batch, type BatchContent, type TicketListener } from './batch.ts'
import { type Block, BlockChain } from './block-chain.ts'
import { BlockReader } from './block-reader.ts'
import { Cleaner } from './cleaner.ts'
import { Impatience } from './impatience.ts'
import type { LogEntry, LogPlace } from './log-entry.ts'
import { isProvisional } from './provisional.ts'
import type { QueueDefinitions } from './queue-definitions.ts'
import type { QueueLog, Ticket } from './queue-log.ts'
import { QueuePlaces } from './queue-places.ts'
import { RecordWriter, type WrittenRecord } from './record-writer.ts'
import { Recovery } from './recovery.ts'
import { type NextStamp, Stamps } from './stamps.ts'
import { joinedInOrder, type TicketSource } from './ticket-source.ts'

export interface MessageLogOptions extends AppenderOptions {
  readonly turn: Turn
  /** More is noted than the journal has stored yet, or no longer: whoever adds to it should wait. */
  readonly onBehind: (isBehind: boolean) => void
  /** What must be safe before a record is; undefined where no queue comes here before its definition is stored. */
  readonly definitions?: QueueDefinitions
  /**
   * The journal may hold this much, or four times what is needed if that is more, before messages
   * that hold up the removal of old records are stored again; 4 MiB unless it is given.
   */
  readonly untidyBytes?: number
  /** To have a record costs the journal as much as so many bytes more in it; 0 unless it is given. */
  readonly recordCostBytes?: number
  /**
   * Asked once for each batch that is going to be stored: what is given is stored with the last of it,
   * and must not change any more. See `MessageLog.stamp`.
   */
  readonly stamp?: NextStamp
  /** The journal is another's now: the log has ended, as if it had been abandoned. */
  readonly onLost?: (reason: JournalLostError) => void
}

const UNTIDY_BYTES = 4 * 1024 * 1024
/** So much may wait to be made into records before whoever adds to it is told to wait. */
const BEHIND_BYTES = 8 * 1024 * 1024

/**
 * The messages of durable queues, in the journal. All that one turn of the event loop notes is stored
 * together, and all that is noted while that is being written comes next: so the flush of a busy
 * broker serves thousands of messages, and that of an idle one is not waited for.
 *
 *     note … note ─▶ batch ─ end of turn, journal idle ─▶ records ─▶ journal ─▶ stored: confirms
 *                      ▲                                    │
 *                      └── settled before: not written      └─ refused: kept, tried again
 *
 * What is settled before its batch is taken leaves no trace; after that, the next record says so.
 * Once a record is stored nothing of its messages stays in memory but a bit each.
 */
export class MessageLog implements TurnTask, TicketSource {
  readonly #options: MessageLogOptions
  readonly #journal: Journal
  readonly #turn: Turn
  readonly #logger: Logger
  readonly #appender: Appender
  readonly #writer = new RecordWriter()
  readonly #chain: BlockChain
  readonly #batch: Batch
  readonly #reader: BlockReader
  readonly #stamps: Stamps
  readonly #cleaner: Cleaner
  readonly #queues = new Map<number, QueuePlaces>()
  /**
   *     idle ─ note ─▶ scheduled ─ end of turn ─▶ writing ─ stored ─▶ idle, or scheduled again
   *       └─ close ─▶ closed ◀─ nothing left, given up, abandoned or lost
   */
  #state: 'idle' | 'scheduled' | 'writing' | 'closed' = 'idle'
  #storedTicket: Ticket = 0
  /** Up to there, what is provisional is refused. */
  #refusedTicket: Ticket = 0
  /** What is being written. */
  #writing: readonly LogEntry[] = []
  /** Those who wait for that, and those who do so only unless it is refused. */
  #listeners: TicketListener[] = []
  readonly #impatience = new Impatience()
  /** What came in last, without what was stored again. */
  #newBytes = 0
  /** What may be removed once what is being written is stored. */
  #dead: number | undefined
  #closing: Promise<void> | undefined
  #onClosed = (): void => {}

  constructor(options: MessageLogOptions) {
    this.#options = options
    this.#journal = options.journal
    this.#turn = options.turn
    this.#logger = options.logger
    this.#appender = new Appender(options, () => this.#onRefused())
    const { untidyBytes = UNTIDY_BYTES, recordCostBytes = 0 } = options
    this.#chain = new BlockChain(untidyBytes, recordCostBytes)
    this.#batch = new Batch({
      limitBytes: BEHIND_BYTES,
      onFirstNote: () => this.#schedule(),
      onFull: (isFull) => {
        if (this.#state !== 'closed') options.onBehind(isFull)
      },
    })
    this.#reader = new BlockReader(options.journal, options.logger)
    this.#stamps = new Stamps(options.stamp ?? (() => undefined))
    this.#cleaner = new Cleaner({
      batch: this.#batch,
      chain: this.#chain,
      reader: this.#reader,
      stamps: this.#stamps,
      logger: options.logger,
      findQueue: (queueId) => this.#queues.get(queueId),
      listen: (listener) => this.listen(listener),
    })
  }

  get storedTicket(): Ticket {
    return this.#storedTicket
  }

  get lastTicket(): Ticket {
    return this.#batch.isNoted ? this.#batch.ticket : this.#batch.ticket - 1
  }

  outcomeOf(ticket: Ticket): PublishOutcome {
    if (ticket >= this.#storedTicket + 1) return ticket
    return ticket < this.#refusedTicket + 1 && isProvisional(ticket) ? REJECTED : ACCEPTED
  }

  joined(one: PublishOutcome, other: PublishOutcome): PublishOutcome {
    return joinedInOrder(one, other)
  }

  /** Bytes of records, and about how many of them messages need that are still in queues. */
  get bytes(): number {
    return this.#chain.bytes
  }

  get liveBytes(): number {
    return this.#chain.liveBytes
  }

  /** How many places of messages in queues are stored. */
  get count(): number {
    let count = 0
    for (const queue of this.#queues.values()) count += queue.count
    return count
  }

  /** The highest id of a queue that the journal may speak of. */
  get highestQueueId(): number {
    let highest = 0
    for (const queueId of this.#queues.keys()) highest = Math.max(highest, queueId)
    return highest
  }

  /** The last that was given to be stored, by this process or the one before, whatever has been removed since. */
  get stamp(): Buffer | undefined {
    return this.#stamps.last
  }

  listen(listener: TicketListener): void {
    if (this.lastTicket <= this.#storedTicket) listener.stored(this.#storedTicket)
    else if (this.#batch.isNoted) this.#batch.listen(listener)
    else this.#listeners.push(listener)
  }

  settled(): Promise<void> | undefined {
    if (this.lastTicket <= this.#storedTicket) return undefined
    return new Promise((resolve) => this.listen({ stored: () => resolve() }))
  }

  makeAtomic(): void {
    this.#batch.makeAtomic()
  }

  /** Definitions had to be taken back: what has come to queues that were not stored yet may have gone with them. */
  refuseProvisional(): void {
    this.#refusedTicket = this.lastTicket
  }

  /** What a queue notes with; its id must be its own for ever. */
  queueLog(queueId: number): QueueLog {
    return this.#queue(queueId)
  }

  /**
   * Reads the journal. To be awaited before anything else; what the queues have is then in their
   * logs. Rejects when the journal does, and when a newer program has written to it.
   */
  async recover(): Promise<void> {
    const recovery = new Recovery(this.#chain, this.#stamps, (queueId) => this.#queue(queueId))
    await this.#journal.recover((position, record) => {
      try {
        recovery.read(position, record)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        const fields = { position, reason: error.message }
        this.#logger.error(fields, 'A record of the journal is malformed: its end is left out')
      }
    })
    for (const queue of this.#queues.values()) queue.recovered()
  }

  /** What there is of other queues than these is dropped; how many messages that were. */
  keepOnly(queueIds: ReadonlySet<number>): number {
    let count = 0
    for (const [queueId, queue] of [...this.#queues]) {
      if (queueIds.has(queueId)) continue
      count += queue.count
      queue.drop()
    }
    this.#goOn()
    return count
  }

  endTurn(): void {
    if (this.#state === 'closed') return
    // These are dead because of what is stored, or is going to be with this very batch.
    this.#dead = this.#chain.takeDead(this.#storedTicket)
    const { ticket } = this.#batch
    this.#cleaner.bringUpToDate()
    const content = this.#batch.take()
    this.#listeners = content.listeners
    if (content.entries.length + content.runs.length === 0 && !this.#stamps.isDue) {
      this.#stored(ticket)
      return
    }
    this.#state = 'writing'
    void this.#write(ticket, content)
  }

  /**
   * Waits until all that was noted is stored. When the journal refuses it even then, that is logged
   * and the wait is over. The journal is left open.
   */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#onClosed = resolve
      this.#appender.stopTrying()
      if (this.#state === 'idle' || this.#state === 'closed') this.#close()
    })
    return this.#closing
  }

  /**
   * Ends at once, when the journal is to be left to another: nothing more is stored, nor said to be, and
   * whoever waits for that waits for ever.
   */
  abandon(): void {
    if (this.#state === 'closed') return
    this.#appender.abandon()
    if (this.#batch.isFull) this.#options.onBehind(false)
    this.#close()
    this.#impatience.end()
  }

  #queue(queueId: number): QueuePlaces {
    let queue = this.#queues.get(queueId)
    if (queue === undefined) {
      queue = new QueuePlaces(queueId, {
        batch: this.#batch,
        chain: this.#chain,
        reader: this.#reader,
        isDefined: (id) => this.#options.definitions?.isQueueStored(id) ?? true,
        settledOrRefused: () => this.#settledOrRefused(),
        unstored: () => [...this.#writing, ...this.#batch.entries],
        dropped: (id) => this.#queues.delete(id),
      })
      this.#queues.set(queueId, queue)
    }
    return queue
  }

  async #write(ticket: Ticket, content: BatchContent): Promise<void> {
    const stamp = this.#stamps.take()
    const records = this.#writer.write(content, stamp)
    this.#writing = content.entries
    for (const runs of content.runs) runs.clearRuns()
    this.#newBytes = 0
    const blocks = records.map((record) => this.#begin(record))
    let positions: readonly number[]
    try {
      // Of what was settled it is enough that it will be known when something else must be.
      const isAwaited = content.entries.length + content.listeners.length > 0
      positions = await this.#appender.append(
        records.map(({ parts }) => parts),
        isAwaited,
        // Where all should be in one record but cannot, the last one says what was settled for the rest.
        stamp !== null || content.isAtomic,
      )
      await this.#options.definitions?.pending()
    } catch (error) {
      this.#onUnstored(error)
      return
    }
    if (this.#isClosed()) return
    for (const [index, block] of blocks.entries()) {
      this.#chain.stored(block, positions[index] as number)
    }
    if (stamp !== null) this.#stamps.stored(blocks.at(-1) as Block)
    this.#cleaner.moved()
    this.#stored(ticket)
  }

  /** From now on the messages of the record are those of a block, though not safe yet. */
  #begin({ bytes, entries }: WrittenRecord): Block {
    const block = this.#chain.begin(bytes)
    this.#newBytes += bytes
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as LogEntry
      if (entry.block !== null) {
        this.#newBytes -= entry.bytes
        this.#cleaner.move(entry, entry.block, block)
        continue
      }
      entry.message.logEntry = null
      this.#chain.grow(block, entry.liveCount, entry.bytes)
      for (let place: LogPlace | null = entry; place !== null; place = place.next) {
        place.queue?.place(place.sequence, place.delivered, block)
      }
    }
    return block
  }

  #stored(ticket: Ticket): void {
    const listeners = this.#listeners
    this.#listeners = []
    this.#writing = []
    this.#state = 'idle'
    this.#storedTicket = ticket
    for (const listener of listeners) listener.stored(ticket)
    this.#goOn()
  }

  /** Sees to what is next, when no record is being written. */
  #goOn(): void {
    const { isNoted } = this.#batch
    // What was settled since is only dead once that is stored too.
    const upTo = isNoted ? this.#dead : (this.#chain.takeDead(this.#storedTicket) ?? this.#dead)
    this.#dead = undefined
    if (upTo !== undefined) this.#truncate(upTo)
    if (isNoted) this.#schedule()
    else if (this.#closing !== undefined) this.#close()
    if (this.#closing === undefined) this.#cleaner.clean(this.#newBytes)
  }

  #settledOrRefused(): Promise<void> {
    if (this.#appender.isFailing || this.#state === 'closed') return Promise.resolve()
    return this.#impatience.wait((listener) => this.listen(listener))
  }

  #onRefused(): void {
    this.#impatience.end()
    this.#makeRoom()
  }

  #onUnstored(error: unknown): void {
    if (this.#isClosed()) return
    if (error instanceof JournalLostError) {
      this.abandon()
      this.#options.onLost?.(error)
      return
    }
    this.#logger.error({ err: error }, 'The journal refused the last record: what it says is lost')
    this.#close()
  }

  #schedule(): void {
    if (this.#state !== 'idle') return
    this.#state = 'scheduled'
    this.#turn.schedule(this)
  }

  /**
   * A disk that is full has room again when what was consumed is removed, though that it was cannot be
   * stored. Where something is to come in its place, the chain knows that this must be stored first.
   */
  #makeRoom(): void {
    this.#dead = this.#chain.takeDead(this.#storedTicket) ?? this.#dead
    if (this.#dead !== undefined) this.#truncate(this.#dead)
  }

  #truncate(upTo: number): void {
    this.#journal.truncate(upTo).catch((error: unknown) => {
      // The next one takes with it what this one has left.
      this.#logger.warn({ err: error, upTo }, 'The journal did not remove records')
    })
  }

  /** As a question that the compiler does not think it knows the answer to. */
  #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #close(): void {
    this.#state = 'closed'
    this.#onClosed()
  }
}
