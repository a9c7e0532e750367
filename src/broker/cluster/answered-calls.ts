import { after, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import {
  decodeCall,
  decodeNumber,
  encodeAnswer,
  LAST,
  MORE,
  OVERHEAD_BYTES,
  PART,
  REFUSED,
  TAKEN,
} from './call-datagrams.ts'

export interface AnsweredCallsOptions {
  /** Must not reject. */
  readonly answer: (question: Buffer) => Promise<Buffer>
  readonly maxPayloadBytes: () => number
  readonly clock: Clock
  readonly logger: Logger
}

/** So long it is not said that an answer is still being made. */
const PATIENCE_MS = 1000
/** Who does not come for the rest of an answer by then does not come at all. */
const FORGOTTEN_MS = 30_000
/** All questions and answers together that are in memory. */
const MAX_BYTES = 256 * 1024 * 1024

interface OpenCall {
  readonly question: Buffer[]
  answer: Buffer | undefined
  answered: Promise<void> | undefined
  /** Of the question, and then of the answer. */
  bytes: number
  touchedMs: number
}

/** The calls of other nodes that this one answers: see `call-datagrams.ts`. */
export class AnsweredCalls {
  readonly #options: AnsweredCallsOptions
  readonly #open = new Map<string, OpenCall>()
  readonly #stop: () => void
  #bytes = 0

  constructor(options: AnsweredCallsOptions) {
    this.#options = options
    this.#stop = options.clock.every(FORGOTTEN_MS, () => this.#forget())
  }

  /** What is to be said to that. */
  async take(datagram: Buffer): Promise<Buffer> {
    const { kind, id, rest } = decodeCall(datagram) ?? { kind: 0, id: '', rest: datagram }
    const call = this.#open.get(id) ?? (kind === MORE ? undefined : this.#begin(id))
    if (call === undefined) return REFUSAL
    call.touchedMs = this.#options.clock.now()
    switch (kind) {
      case PART:
        return this.#add(id, call, rest) ? RECEIPT : REFUSAL
      case LAST:
        if (!this.#add(id, call, rest)) return REFUSAL
        call.answered = this.#answer(id, call)
        return this.#give(id, call, 0)
      case MORE:
        return this.#give(id, call, decodeNumber(rest))
      default:
        this.#end(id)
        return REFUSAL
    }
  }

  close(): void {
    this.#stop()
    this.#open.clear()
  }

  #begin(id: string): OpenCall {
    const call = { question: [], answer: undefined, answered: undefined, bytes: 0, touchedMs: 0 }
    this.#open.set(id, call)
    return call
  }

  #add(id: string, call: OpenCall, octets: Buffer): boolean {
    if (call.answered !== undefined) return false
    // What it is part of belongs to NATS, and is larger.
    call.question.push(Buffer.from(octets))
    return this.#count(id, call, octets.length)
  }

  /** False, and an end of the call, when there is no room. */
  #count(id: string, call: OpenCall, bytes: number): boolean {
    call.bytes += bytes
    this.#bytes += bytes
    if (this.#bytes <= MAX_BYTES) return true
    this.#options.logger.warn({}, 'Other nodes ask for more at once than there is room for')
    this.#end(id)
    return false
  }

  async #answer(id: string, call: OpenCall): Promise<void> {
    const question = Buffer.concat(call.question.splice(0))
    const answer = await this.#options.answer(question)
    if (this.#open.get(id) !== call) return
    if (!this.#count(id, call, answer.length - question.length)) return
    call.answer = answer
  }

  async #give(id: string, call: OpenCall, offset: number): Promise<Buffer> {
    await this.#waitFor(call)
    if (this.#open.get(id) !== call) return REFUSAL
    const { answer } = call
    if (answer === undefined) return RECEIPT
    const end = Math.min(offset + this.#options.maxPayloadBytes() - OVERHEAD_BYTES, answer.length)
    if (end === answer.length) this.#end(id)
    return encodeAnswer(answer.length, answer.subarray(offset, end))
  }

  async #waitFor({ answer, answered }: OpenCall): Promise<void> {
    if (answer !== undefined) return
    let cancel = (): void => {}
    const late = new Promise<void>((resolve) => {
      cancel = after(this.#options.clock, PATIENCE_MS, resolve)
    })
    await Promise.race([answered, late])
    cancel()
  }

  #end(id: string): void {
    this.#bytes -= this.#open.get(id)?.bytes ?? 0
    this.#open.delete(id)
  }

  #forget(): void {
    const nowMs = this.#options.clock.now()
    for (const [id, { touchedMs }] of this.#open) {
      if (nowMs - touchedMs > FORGOTTEN_MS) this.#end(id)
    }
  }
}

const RECEIPT = Buffer.from([TAKEN])
const REFUSAL = Buffer.from([REFUSED])
