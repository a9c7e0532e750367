import type { Message } from './message.ts'

/** Messages one behind the other that go to many. */
export interface MessageRun {
  /** There may be more of them later, but never other ones. */
  readonly messages: readonly Message[]
  sequenceAt(index: number): number
  /** The connections' own: what they have made of the messages, for all of them. */
  wire: object | null
}
