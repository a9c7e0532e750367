import { randomBytes } from 'node:crypto'
import type { NatsLink } from '../../nats/nats-link.ts'
import { type Asking, NoAnswer } from '../../nats/requests.ts'
import { AnsweredCalls, type AnsweredCallsOptions } from './answered-calls.ts'
import {
  ANSWER,
  decodeAnswer,
  encodeCall,
  encodeNumber,
  LAST,
  MORE,
  newCallId,
  OVERHEAD_BYTES,
  PART,
  TAKEN,
} from './call-datagrams.ts'
import { questionSubject } from './names.ts'

export interface NodeCallsOptions extends Omit<AnsweredCallsOptions, 'maxPayloadBytes'> {
  readonly link: Pick<NatsLink, 'connection'> & { readonly requests: Asking }
  readonly prefix: string
  readonly node: string
}

const QUESTION = 'call'
/** A node that lives says by then at least that it is at it. */
const PATIENCE_MS = 3000

/** What nodes have each other do, however long that takes and however much is said. */
export class NodeCalls {
  readonly #options: NodeCallsOptions
  readonly #answered: AnsweredCalls

  constructor(options: NodeCallsOptions) {
    const { link, prefix, node } = options
    this.#options = options
    const answered = new AnsweredCalls({
      ...options,
      maxPayloadBytes: () => link.requests.maxPayloadBytes,
    })
    this.#answered = answered
    link.connection.subscribe(questionSubject(prefix, node, QUESTION), {
      callback: (error, message) => {
        if (error !== null) return
        const { data } = message
        const datagram = Buffer.from(data.buffer, data.byteOffset, data.length)
        answered
          .take(datagram)
          .then((said) => message.respond(said))
          .catch((failure) => {
            options.logger.error({ err: failure }, 'Cannot answer what another node asks')
          })
      },
    })
  }

  /**
   * What that node answers. Undefined when it does not answer: then nobody knows whether it has done what was
   * asked. With a time, so if there is no answer in that time.
   */
  async call(node: string, question: Buffer, timeoutMs?: number): Promise<Buffer | undefined> {
    const untilMs =
      timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs
    const id = newCallId(randomBytes)
    const { maxPayloadBytes } = this.#options.link.requests
    const partBytes = maxPayloadBytes - OVERHEAD_BYTES
    let offset = 0
    for (; question.length - offset > partBytes; offset += partBytes) {
      const part = encodeCall(PART, id, question.subarray(offset, offset + partBytes))
      if ((await this.#ask(node, part, untilMs))?.[0] !== TAKEN) return undefined
    }
    let said = await this.#ask(node, encodeCall(LAST, id, question.subarray(offset)), untilMs)
    const parts: Buffer[] = []
    for (let bytes = 0; ; ) {
      if (said?.[0] === ANSWER) {
        const { totalBytes, octets } = decodeAnswer(said)
        parts.push(octets)
        bytes += octets.length
        if (bytes >= totalBytes) return Buffer.concat(parts)
        // Else it could go on like that for ever.
        if (octets.length === 0) return undefined
      } else if (said?.[0] !== TAKEN) return undefined
      said = await this.#ask(node, encodeCall(MORE, id, encodeNumber(bytes)), untilMs)
    }
  }

  close(): void {
    this.#answered.close()
  }

  /** Undefined when there is no answer. */
  async #ask(node: string, datagram: Buffer, untilMs: number): Promise<Buffer | undefined> {
    const timeoutMs = Math.min(PATIENCE_MS, untilMs - performance.now())
    if (timeoutMs <= 0) return undefined
    const { link, prefix } = this.#options
    const subject = questionSubject(prefix, node, QUESTION)
    const answer = await link.requests.ask(subject, datagram, timeoutMs)
    if (answer instanceof NoAnswer) return undefined
    // What NATS gives is only ours until the end of the turn.
    return Buffer.from(answer.data)
  }
}
