import type { Ticket } from '../../../src/message-log/queue-log.ts'

export interface PlaceModel {
  readonly queueId: number
  readonly sequence: number
  readonly body: string
  delivered: boolean
}

type What = 'enqueue' | 'deliver' | 'settle'

interface Note {
  readonly ticket: Ticket
  readonly what: What
  readonly place: PlaceModel
}

/**
 * What was noted, one after the other, and in which batch. What the queues hold once the batches up
 * to one of them are stored is found by going through all that once more.
 */
export class QueuesModel {
  readonly #before: readonly PlaceModel[]
  readonly #notes: Note[] = []

  constructor(before: readonly PlaceModel[]) {
    this.#before = before
  }

  note(ticket: Ticket, what: What, place: PlaceModel): void {
    this.#notes.push({ ticket, what, place })
  }

  /** Queue by queue, in order. */
  contents(storedTicket: Ticket = Number.POSITIVE_INFINITY): PlaceModel[] {
    let places = this.#before.map((place) => ({ ...place }))
    for (const { ticket, what, place } of this.#notes) {
      if (ticket > storedTicket) break
      const isSame = (other: PlaceModel) =>
        other.queueId === place.queueId && other.sequence === place.sequence
      if (what === 'enqueue') places.push({ ...place, delivered: false })
      else if (what === 'settle') places = places.filter((other) => !isSame(other))
      else for (const found of places.filter(isSame)) found.delivered = true
    }
    return places.sort((a, b) => a.queueId - b.queueId || a.sequence - b.sequence)
  }
}
