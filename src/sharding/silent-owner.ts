/** As much of a link as is needed to ask whether there is somebody at its other end. */
export interface AskedLink {
  /** What the other end has not said it has. */
  readonly pendingBytes: number
  send(batch: Buffer): void
}

/** One of so many looks at an owner of which nothing is expected. */
const IDLE_LOOKS = 10
const NOTHING = Buffer.alloc(0)

/**
 * Finds out whether an owner that says nothing still has a session with this node: it may have ended that without
 * being able to say so. It is sent a batch with nothing in it, and refuses the link then, as it does all others.
 */
export class SilentOwner {
  /** Since it has said something. */
  #looks = 0

  heard(): void {
    this.#looks = 0
  }

  /** Called each second. `isExpected`: there is something that it is to say some time. */
  look(link: AskedLink, isExpected: boolean): void {
    const looks = this.#looks++
    // What is on its way to it is answered, or refused.
    if (looks === 0 || link.pendingBytes > 0) return
    if (isExpected || looks % IDLE_LOOKS === 0) link.send(NOTHING)
  }
}
