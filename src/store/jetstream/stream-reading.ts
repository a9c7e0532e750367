import { Fifo } from '../../base/fifo.ts'
import { decodeFrame, type LogFrame } from './log-frame.ts'
import { type Patience, retrying } from './retrying.ts'
import { Succession } from './succession.ts'

/** Where messages of a stream come from; see `LogStream.get`. */
export interface FrameSource {
  get(sequence: number): Promise<Buffer | undefined>
}

/** A message of a stream; without a frame if it cannot be read, and then for this reason. */
export type FoundFrame =
  | { readonly sequence: number; readonly frame: LogFrame }
  | { readonly sequence: number; readonly frame: undefined; readonly reason: string }

/** Few enough for a connection, were all of them as long as can be: see `LogStream`. */
const READS_AT_ONCE = 32
/** As many as that come to, of the length that was seen lately, are asked for at once. */
const BYTES_AT_ONCE = 1024 * 1024
const MOST_READS_AT_ONCE = 256
/** What was long a while ago counts for less with each message since. */
const FADING = 0.98

/** The messages from one to another, in order, many of them asked for at once, and more while they are short. */
export async function* readFrames(
  source: FrameSource,
  first: number,
  last: number,
  patience: Patience,
): AsyncGenerator<FoundFrame> {
  const reads = new Fifo<Promise<Buffer | undefined>>()
  let next = first
  let longest = BYTES_AT_ONCE / READS_AT_ONCE
  let open = READS_AT_ONCE
  for (let sequence = first; sequence <= last; sequence++) {
    while (next <= last && next < sequence + open) {
      const wanted = next++
      const read = retrying(patience, () => source.get(wanted))
      // Whoever takes them in turn sees the first that fails, and then leaves.
      read.catch(() => {})
      reads.push(read)
    }
    const message = await reads.shift()
    longest = Math.max(message?.length ?? 0, longest * FADING)
    const most = Math.min(MOST_READS_AT_ONCE, Math.floor(BYTES_AT_ONCE / longest))
    open = Math.max(READS_AT_ONCE, Math.min(open + 1, most))
    yield found(sequence, message)
  }
}

function found(sequence: number, message: Buffer | undefined): FoundFrame {
  if (message === undefined) return { sequence, frame: undefined, reason: 'JetStream lost it' }
  const frame = decodeFrame(message)
  if (frame === undefined) return { sequence, frame, reason: 'it is not of this program' }
  return { sequence, frame }
}

export interface FoundRecord {
  /** The sequence of its first frame. */
  readonly position: number
  readonly record: Buffer
}

/** Makes records of the frames that count, given in order. */
export class RecordAssembler {
  readonly succession: Succession = new Succession()
  #position = 0
  #parts: Buffer[] = []
  #toCome = 0

  /** How many frames there are at least until the record is whole whose first parts were there. */
  get toCome(): number {
    return this.#toCome
  }

  /** The record that is whole with this frame. */
  add(sequence: number, frame: LogFrame): FoundRecord | undefined {
    const epoch = this.succession.epoch
    const isCounted = this.succession.accept(frame)
    if (this.succession.epoch !== epoch) this.#forget()
    if (!isCounted || frame.kind !== 'record') return undefined
    // A record may have been given up in the middle, and also be one whose first parts are lost.
    if (frame.part === 0) this.#forget()
    if (frame.part !== this.#parts.length) return undefined
    if (frame.part === 0) this.#position = sequence
    this.#parts.push(frame.content)
    this.#toCome = frame.toCome
    if (frame.toCome > 0) return undefined
    const record = frame.part === 0 ? frame.content : Buffer.concat(this.#parts)
    this.#forget()
    return { position: this.#position, record }
  }

  /** The next frame cannot be read, and with it the record that it was of. */
  skip(): void {
    this.succession.skip()
    this.#forget()
  }

  #forget(): void {
    this.#parts = []
    this.#toCome = 0
  }
}
