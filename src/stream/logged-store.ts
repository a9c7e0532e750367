import { Fifo } from '../base/fifo.ts'
import { ACCEPTED, type PublishOutcome } from '../exchange/destination.ts'
import type { Message } from '../message/message.ts'
import type { TicketListener } from '../message-log/batch.ts'
import type { QueueLog, StoredRun, Ticket } from '../message-log/queue-log.ts'
import type { Stretch } from '../message-log/stretches.ts'
import type { TicketSource } from '../message-log/ticket-source.ts'
import type { OnStored, StreamStore } from './stream-store.ts'

/** Messages up to that offset are safe with that ticket. */
interface Appended {
  readonly ticket: Ticket
  endOffset: number
}

/** A stream in the message log. Its places' times are those when messages came. */
export class LoggedStore implements StreamStore, TicketListener {
  readonly #log: QueueLog
  readonly #tickets: TicketSource
  readonly #onStored: OnStored
  readonly firstOffset: number
  readonly nextOffset: number
  readonly #appended = new Fifo<Appended>()
  #last: Appended | null = null

  constructor(log: QueueLog, tickets: TicketSource, onStored: OnStored) {
    this.#log = log
    this.#tickets = tickets
    this.#onStored = onStored
    this.nextOffset = log.nextSequence
    this.firstOffset = log.firstSequence ?? log.nextSequence
  }

  get found(): readonly Stretch[] {
    return this.#log.takeStretches()
  }

  append(message: Message, offset: number, timeMs: number): PublishOutcome {
    const ticket = this.#log.enqueue(message, offset, timeMs)
    if (this.#last?.ticket === ticket) {
      this.#last.endOffset = offset + 1
      return ticket
    }
    this.#last = { ticket, endOffset: offset + 1 }
    this.#appended.push(this.#last)
    this.#tickets.listen(this)
    return ticket
  }

  stored(): void {
    let endOffset = -1
    for (let head = this.#appended.peek(); head !== undefined; head = this.#appended.peek()) {
      if (this.#tickets.outcomeOf(head.ticket) > ACCEPTED) break
      endOffset = head.endOffset
      this.#appended.shift()
    }
    if (endOffset >= 0) this.#onStored(endOffset)
  }

  read(from: number, to: number): Promise<StoredRun> {
    return this.#log.read(from, to)
  }

  removeBefore(offset: number): void {
    this.#log.settleRange(0, offset - 1)
  }

  drop(): void {
    this.#log.drop()
  }
}
