import type { Socket } from 'node:net'

/**
 * A socket that goes nowhere: it takes what is written, and has written it only when the test says
 * so. Until then it looks at the bytes where they are, as the system does.
 */
export class FakeSocket {
  /** What it is for whoever wants a socket. */
  readonly socket: Socket = this as unknown as Socket
  isPaused = false
  #corks = 0
  #inFlight: { readonly bytes: Buffer; readonly done: (() => void) | undefined }[] = []
  #written: Buffer[] = []

  write(bytes: Buffer, done?: () => void): boolean {
    this.#inFlight.push({ bytes, done })
    return true
  }

  cork(): void {
    this.#corks++
  }

  uncork(): void {
    this.#corks--
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  /** Bytes that it was given and has not written. */
  get inFlightBytes(): number {
    return this.#inFlight.reduce((sum, { bytes }) => sum + bytes.length, 0)
  }

  /** How many writes have not ended. */
  get inFlightCount(): number {
    return this.#inFlight.length
  }

  /** Writes all that it was given, and what it is given when it says so. */
  complete(): void {
    while (this.#inFlight.length > 0) this.completeOnce()
  }

  /** Writes what it has been given so far, and says so. */
  completeOnce(): void {
    if (this.#corks !== 0) throw new Error('the socket is still corked')
    const writes = this.#inFlight
    this.#inFlight = []
    for (const { bytes } of writes) this.#written.push(Buffer.from(bytes))
    for (const { done } of writes) done?.()
  }

  /** Takes what was written since the last time. */
  read(): Buffer {
    const bytes = Buffer.concat(this.#written)
    this.#written = []
    return bytes
  }
}
