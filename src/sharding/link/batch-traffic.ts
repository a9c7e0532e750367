/**
 * How nodes ask each other, as links need it: a payload goes to an address, and one answer comes
 * back. Either may be lost, late, repeated, or in another order than it was sent.
 */
export interface BatchTraffic {
  /** What one payload may have. It may change when another server is asked. */
  readonly maxPayloadBytes: number

  /**
   * `onAnswer` is called once, and never at once: with `'nobody'` when nobody listens there, with
   * `undefined` when no answer came in time or none can come any more. The payload must not change until
   * then, and is not to be used for anything else after that: it may have been handed over as it is.
   */
  send(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void

  /** One listener an address in this process, until the returned function is called. */
  listen(address: string, onMessage: OnMessage): () => void
}

export type OnAnswer = (answer: Uint8Array | 'nobody' | undefined) => void

/** Only the first answer counts, and none is needed. The payload stays as it is for ever. */
export type OnMessage = (payload: Buffer, answer: (bytes: Uint8Array) => void) => void
