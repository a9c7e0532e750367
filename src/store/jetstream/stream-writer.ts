import { Fifo } from '../../base/fifo.ts'
import { splitRecord } from '../split-record.ts'
import type { StoreError } from '../store-error.ts'
import { appendMark } from './append-mark.ts'
import { FencedError } from './fenced-error.ts'
import type { JetStreamError } from './jet-stream-api.ts'
import { encodeFrame, FRAME_HEAD_BYTES, setFrameNumber } from './log-frame.ts'
import type { LogStream } from './log-stream.ts'
import { type Patience, retrying } from './retrying.ts'
import { readFrames } from './stream-reading.ts'
import { Succession } from './succession.ts'

export interface StreamWriterOptions {
  readonly stream: LogStream
  readonly epoch: number
  /** The sequence of the frame that began the epoch. */
  readonly beginning: number
  /** How long it tries to store a record before it refuses it. */
  readonly patienceMs: number
  /** Called once, when somebody has begun a higher epoch. */
  readonly onFenced: () => void
}

/** A record that waits to be stored; its position is that of its first frame. */
interface PendingRecord {
  position: number
  readonly resolve: (position: number) => void
  readonly reject: (error: unknown) => void
}

interface PendingFrame {
  readonly bytes: Buffer
  readonly record: PendingRecord
  readonly isFirst: boolean
  readonly isLast: boolean
  sequence: number
  isAcknowledged: boolean
}

/** What is under way at the same time, of frames and of bytes. */
const WINDOW_FRAMES = 16
const WINDOW_BYTES = 4 << 20

/**
 * Writes the frames of one epoch to a stream, many at once, each expecting the one before it. It
 * believes in a frame only when all before it are believed in, too.
 *
 *     steady ─ error, silence, somebody else's frame ─▶ repairing ─ tail read ─▶ steady
 *       │                                                │ ▲  │
 *       │                                       too long ▼ │ next record
 *       │                                               doubtful
 *       └────── higher epoch seen, or told so ──────▶ ended ◀──┘
 *
 * To repair is to append a barrier, to read what is there, and to write again what is not.
 */
export class StreamWriter {
  readonly #options: StreamWriterOptions
  readonly #stream: LogStream
  readonly #epoch: number
  #state: 'steady' | 'repairing' | 'doubtful' | 'ended' = 'steady'
  /** Not sent yet. */
  #waiting = new Fifo<PendingFrame>()
  /** Sent, not believed in yet. */
  #sent = new Fifo<PendingFrame>()
  #sentBytes = 0
  /** Up to here everything is known, with this number as the next that counts. */
  #knownSequence: number
  #knownNumber = 0
  /** What the next frame is going to be. */
  #nextSequence: number
  #nextNumber = 0
  /** Answers to what was sent before the last repair mean nothing. */
  #round = 0
  readonly #end = new AbortController()
  #onIdle = (): void => {}

  constructor(options: StreamWriterOptions) {
    this.#options = options
    this.#stream = options.stream
    this.#epoch = options.epoch
    this.#knownSequence = options.beginning
    this.#nextSequence = options.beginning + 1
  }

  /** Everything of the stream up to here is known to be there for good. */
  get knownSequence(): number {
    return this.#knownSequence
  }

  /** Resolves with the position when the record is there. Rejects when that is not known. */
  write(kind: 'record' | 'mark', parts: readonly Buffer[]): Promise<number> {
    if (this.#state === 'ended') return Promise.reject(this.#end.signal.reason)
    return new Promise((resolve, reject) => {
      const record = { position: 0, resolve, reject }
      const pieces = splitRecord(parts, this.#stream.maxFrameBytes - FRAME_HEAD_BYTES)
      for (const [part, piece] of pieces.entries()) {
        const toCome = pieces.length - 1 - part
        this.#waiting.push({
          bytes: encodeFrame({ kind, epoch: this.#epoch, part, toCome }, piece),
          record,
          isFirst: part === 0,
          isLast: toCome === 0,
          sequence: 0,
          isAcknowledged: false,
        })
      }
      if (this.#state === 'doubtful') void this.#repair()
      else this.#send()
    })
  }

  /** Resolves when nothing is under way any more, be it stored or refused. */
  async idle(): Promise<void> {
    while (this.#state !== 'ended' && this.#waiting.length + this.#sent.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve
      })
    }
  }

  /** Refuses what is under way, and everything from now on, for this reason. */
  end(reason: StoreError): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#end.abort(reason)
    this.#rejectAll(reason)
  }

  #send(): void {
    while (this.#state === 'steady' && this.#sent.length < WINDOW_FRAMES) {
      if (this.#sentBytes >= WINDOW_BYTES) return
      const frame = this.#waiting.shift()
      if (frame === undefined) return
      setFrameNumber(frame.bytes, this.#nextNumber++)
      frame.sequence = this.#nextSequence++
      frame.isAcknowledged = false
      this.#sent.push(frame)
      this.#sentBytes += frame.bytes.length
      const round = this.#round
      this.#stream.append(frame.bytes, frame.sequence - 1, (outcome) => {
        if (round === this.#round) this.#onOutcome(frame, outcome)
      })
    }
  }

  #onOutcome(frame: PendingFrame, outcome: number | JetStreamError): void {
    if (this.#state !== 'steady') return
    if (outcome !== frame.sequence) {
      void this.#repair()
      return
    }
    frame.isAcknowledged = true
    while (this.#sent.peek()?.isAcknowledged) {
      this.#knownSequence++
      this.#knownNumber++
      this.#believe(this.#sent.shift() as PendingFrame)
    }
    this.#send()
  }

  #believe({ bytes, record, isFirst, isLast, sequence }: PendingFrame): void {
    this.#sentBytes -= bytes.length
    if (isFirst) record.position = sequence
    if (isLast) record.resolve(record.position)
    if (this.#sent.length === 0 && this.#waiting.length === 0) this.#onIdle()
  }

  async #repair(): Promise<void> {
    this.#state = 'repairing'
    this.#round++
    const untilMs = performance.now() + this.#options.patienceMs
    const patience = { untilMs, signal: this.#end.signal }
    try {
      await retrying(patience, () => this.#findOut(patience))
    } catch (error) {
      this.#giveUp(error)
      return
    }
    if (this.#isEnded()) return
    const waiting = this.#waiting
    this.#waiting = this.#sent
    for (const frame of waiting) this.#waiting.push(frame)
    this.#sent = new Fifo()
    this.#sentBytes = 0
    this.#nextSequence = this.#knownSequence + 1
    this.#nextNumber = this.#knownNumber
    this.#state = 'steady'
    this.#send()
  }

  /** Reads what came after the last thing known, and takes note of what is there for good. */
  async #findOut(patience: Patience): Promise<void> {
    const barrier = await appendMark(this.#stream, 'barrier', this.#epoch, patience)
    const succession = Succession.at(this.#epoch, this.#knownNumber)
    const first = this.#knownSequence + 1
    for await (const { sequence, frame } of readFrames(this.#stream, first, barrier, patience)) {
      if (this.#isEnded()) return
      const isCounted = frame !== undefined && succession.accept(frame)
      if (succession.epoch > this.#epoch) {
        throw new FencedError(this.#stream.name, this.#epoch, succession.epoch)
      }
      this.#knownSequence = sequence
      if (!isCounted) continue
      this.#knownNumber++
      // What was refused because nobody knew may turn out to be there, with nobody who waits for it.
      const sent = this.#sent.shift()
      if (sent !== undefined) this.#believe({ ...sent, sequence })
    }
  }

  #giveUp(error: unknown): void {
    if (this.#isEnded()) return
    if (error instanceof FencedError) {
      this.end(error)
      this.#options.onFenced()
      return
    }
    this.#state = 'doubtful'
    this.#rejectAll(error)
  }

  #rejectAll(error: unknown): void {
    const records = new Set([...this.#sent, ...this.#waiting].map(({ record }) => record))
    this.#sent = new Fifo()
    this.#waiting = new Fifo()
    this.#sentBytes = 0
    for (const { reject } of records) reject(error)
    this.#onIdle()
  }

  /** As a question that the compiler does not think it knows the answer to. */
  #isEnded(): boolean {
    return this.#state === 'ended'
  }
}
