/**
 * What a cluster must not do, whatever befalls it.
 *
 * - `lost`: a confirmed message did not come.
 * - `doubled`: a message came that a consumer has whom nothing has befallen.
 * - `resurrected`: a message came after its ack was stored.
 * - `unmarked`: a message came again and did not say so.
 * - `reordered`: a message came after one that was sent later.
 * - `unknown`: a message came that nobody had sent there.
 * - `closed`: a connection or channel ended whose node lives.
 * - `cancelled`: a consumer was cancelled that could have gone on.
 * - `refused`: a publish was refused without need.
 */
export type Rule =
  | 'lost'
  | 'doubled'
  | 'resurrected'
  | 'unmarked'
  | 'reordered'
  | 'unknown'
  | 'closed'
  | 'cancelled'
  | 'refused'

export interface Violation {
  readonly rule: Rule
  /** Or the client. */
  readonly queue: string
  readonly text: string
}

/** All that was wrong so far, and after which fault. */
export class Violations {
  readonly #told: string[] = []
  /** What is being done to the cluster. */
  scene = 'before the first fault'

  readonly add = ({ rule, queue, text }: Violation): void => {
    this.#told.push(`${rule}: ${queue}: ${text} (${this.scene})`)
  }

  /** `cause` is what was noticed first. */
  assertNone(cause?: unknown): void {
    if (this.#told.length === 0) return
    const shown = this.#told.slice(0, 50).join('\n')
    throw new Error(`${this.#told.length} violations:\n${shown}`, { cause })
  }
}
