import type { Message } from '../message/message.ts'

/** A message that is in a queue, as somebody sees it who only looks. */
export interface BrowsedMessage {
  readonly message: Message
  /** Its place, as the queue has it. */
  readonly sequence: number
  /** In milliseconds since 1970; 0 is never. */
  readonly expiresAt: number
  /** Its own for as long as it is in the queue. */
  readonly id: string
  readonly redelivered: boolean
  /** What a consumer would get to see, but for counts that the queue adds. */
  readonly sent: Message
  /** How often it came back, where the queue counts that. */
  readonly deliveryCount: number | undefined
}

/** How much is looked at in one go: so many messages, and bodies of so many octets, or one that has more. */
export interface BrowseLimits {
  readonly count: number
  readonly bytes: number
}

/**
 * Looks at messages that are ready, wherever they are, without taking them: nothing is marked, moved or
 * counted. What leaves while it is being read is not shown.
 */
export interface QueueBrowser {
  /** Those from a position on, in the order in which they would be given. */
  read(from: number, limits: BrowseLimits): Promise<readonly BrowsedMessage[]>
  /** All that are there now, in order, some at a time; without those that come meanwhile. */
  walk(limits: BrowseLimits): AsyncIterable<readonly BrowsedMessage[]>
  find(id: string): Promise<BrowsedMessage | undefined>
  /** The id that a message of the queue has, which somebody may have taken. */
  idOf(message: Message, sequence: number): string
  /**
   * Takes a message out of the queue for good. What `arrive` does with it then, which must not fail, is stored
   * together with that. False when it has left already.
   */
  takeOut(browsed: BrowsedMessage, arrive?: () => void): boolean
  /**
   * The same where it takes time until that is safe: the message is still stored, and is nobody else's. Undefined
   * when it has left already.
   */
  hold(browsed: BrowsedMessage): HeldMessage | undefined
}

/** A message that somebody has taken out of a queue, who says one of these when it is known what becomes of it. */
export interface HeldMessage {
  gone(): void
  /** As what somebody requeues, it is redelivered. */
  back(): void
}
