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

  add(other: MessageCounts): void {
    this.published += other.published
    this.confirmed += other.confirmed
    this.returned += other.returned
    this.dropped += other.dropped
    this.delivered += other.delivered
    this.deliveredNoAck += other.deliveredNoAck
    this.got += other.got
    this.gotNoAck += other.gotNoAck
    this.gotEmpty += other.gotEmpty
    this.redelivered += other.redelivered
    this.acknowledged += other.acknowledged
  }
}
