import { QueueCounts } from '../queue/queue-counts.ts'

/** How often what has happened to the messages of a channel, or of all that there were. */
export class MessageCounts extends QueueCounts {
  confirmed = 0
  /** Came back, since it was mandatory and went nowhere; was dropped, since it only went nowhere. */
  returned = 0
  dropped = 0

  /** What it has counted goes on here, and begins anew there. */
  takeOver(other: MessageCounts): void {
    this.add(other)
    Object.assign(other, new MessageCounts())
  }

  override add(other: MessageCounts): void {
    super.add(other)
    this.confirmed += other.confirmed
    this.returned += other.returned
    this.dropped += other.dropped
  }
}
