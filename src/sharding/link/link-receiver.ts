import { type DatagramHeader, WINDOW_DATAGRAMS } from './datagram.ts'

interface Piece {
  readonly bytes: Buffer
  readonly hasMore: boolean
}

/** Else very many pieces with nothing in them would cost nothing. */
const PIECE_OVERHEAD_BYTES = 128

/**
 * The receiving end of one link: puts datagrams into their order, and pieces of large batches
 * together. What it holds is bounded by the window of the sender, and by the largest batch.
 */
export class LinkReceiver {
  readonly #maxBatchBytes: number
  #received = 0
  /** Those after one that is missing, each at its number modulo the window. */
  readonly #early: (Piece | undefined)[] = new Array(WINDOW_DATAGRAMS).fill(undefined)
  /** Of the batch that is not complete yet. */
  #pieces: Buffer[] = []
  #piecesBytes = 0

  constructor(maxBatchBytes: number) {
    this.#maxBatchBytes = maxBatchBytes
  }

  /** Up to which number all were received. */
  get received(): number {
    return this.#received
  }

  /**
   * The batches that are complete now, in their order. An error when there never will be one again.
   */
  take({ number, oldestOpen, hasMore }: DatagramHeader, bytes: Buffer): readonly Buffer[] | Error {
    // Its sender has been told that all before that one were received. So this one is not too far
    // ahead either, since it is in the sender's window.
    if (oldestOpen > this.#received + 1) return new Error('it began with another receiver')
    if (number <= this.#received) return []
    const piece = { bytes, hasMore }
    if (number > this.#received + 1) {
      this.#early[number % WINDOW_DATAGRAMS] ??= piece
      return []
    }
    const batches: Buffer[] = []
    for (let next: Piece | undefined = piece; next !== undefined; next = this.#takeEarly()) {
      this.#received++
      this.#pieces.push(next.bytes)
      this.#piecesBytes += next.bytes.length
      const held = this.#piecesBytes + this.#pieces.length * PIECE_OVERHEAD_BYTES
      if (held > this.#maxBatchBytes)
        return new Error(`a batch has more than ${this.#maxBatchBytes} bytes`)
      if (!next.hasMore) batches.push(this.#takeBatch())
    }
    return batches
  }

  #takeEarly(): Piece | undefined {
    const at = (this.#received + 1) % WINDOW_DATAGRAMS
    const piece = this.#early[at]
    this.#early[at] = undefined
    return piece
  }

  #takeBatch(): Buffer {
    const pieces = this.#pieces
    const bytes = this.#piecesBytes
    this.#pieces = []
    this.#piecesBytes = 0
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes)
  }
}
