/**
 * What a broker must not do.
 *
 * - `lost`: a message that it had confirmed is not there.
 * - `doubled`: a message that the client holds, or has acked on this connection, comes again.
 * - `resurrected`: a message comes again whose end was stored, or one that was never to be stored.
 * - `torn`: a part of a transaction, or of a publish to several queues, is there and a part is not.
 * - `premature`: a message comes whose transaction is not committed.
 * - `reordered`: a message comes after one that was published later.
 * - `unmarked`: a message comes again and does not say so.
 * - `marked`: a message says that it comes again and cannot have been delivered before.
 * - `unknown`: a message comes that nobody published, or from a queue that it was not routed to.
 * - `miscounted`: a queue's count is not what is in the queue.
 */
export type Rule =
  | 'lost'
  | 'doubled'
  | 'resurrected'
  | 'torn'
  | 'premature'
  | 'reordered'
  | 'unmarked'
  | 'marked'
  | 'unknown'
  | 'miscounted'

export interface Violation {
  readonly rule: Rule
  readonly text: string
  /** What happened to the message, in order. */
  readonly story: readonly string[]
}
