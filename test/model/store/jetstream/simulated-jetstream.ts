// One stream of JetStream in memory, and a network to it that loses requests and answers, and holds
// requests up until long after anybody waits for them.

import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import { type Answer, type Asking, NoAnswer } from '../../../../src/nats/requests.ts'

/** What can befall a request. `late`: it arrives when others have, unanswered. */
export type RequestFault = 'lost' | 'unanswered' | 'late' | 'nobody'

const WRONG_LAST_SEQUENCE = 10071
const MESSAGE_NOT_FOUND = 10037
const STREAM_NOT_FOUND = 10059

export class SimulatedJetStream implements Asking {
  readonly maxPayloadBytes = 1000
  /** What befalls the next request that changes something. */
  faultOf: () => RequestFault | undefined = () => undefined
  #config: object | undefined
  readonly #messages = new Map<number, Buffer>()
  #first = 1
  #last = 0
  #late: (() => void)[] = []

  get first(): number {
    return this.#first
  }

  /** Has everything arrive that was held up. */
  deliverLate(): void {
    for (const arrive of this.#late.splice(0)) arrive()
  }

  send(
    subject: string,
    payload: Uint8Array | string,
    _timeoutMs: number,
    onAnswer: (answer: Answer) => void,
    headers?: MsgHdrs,
  ): void {
    const bytes = Buffer.from(payload)
    const expected = Number(headers?.get('Nats-Expected-Last-Sequence'))
    const arrive = (): object => this.#do(subject, bytes, expected)
    const isChange = !/INFO|MSG\.GET/.test(subject)
    const fault = isChange ? this.faultOf() : undefined
    if (fault === undefined) {
      const answer = arrive()
      setImmediate(() => onAnswer(messageOf(answer)))
      return
    }
    if (fault === 'late') this.#late.push(arrive)
    if (fault === 'unanswered') arrive()
    const reason = fault === 'nobody' ? 'nobody listens' : 'it took too long'
    setImmediate(() => onAnswer(new NoAnswer(reason)))
  }

  ask(
    subject: string,
    payload: Uint8Array | string,
    timeoutMs: number,
    headers?: MsgHdrs,
  ): Promise<Answer> {
    return new Promise((resolve) => this.send(subject, payload, timeoutMs, resolve, headers))
  }

  #do(subject: string, payload: Buffer, expected: number): object {
    const [, operation] = /^\$JS\.API\.(.*)\.[^.]+$/.exec(subject) ?? []
    if (operation === undefined) return this.#publish(payload, expected)
    const request = JSON.parse(payload.toString()) as { readonly seq: number }
    if (operation === 'STREAM.CREATE') this.#config = request
    if (this.#config === undefined) return refusal(STREAM_NOT_FOUND)
    if (operation === 'STREAM.MSG.GET') return this.#get(request.seq)
    if (operation === 'STREAM.PURGE') this.#purge(request.seq)
    const state = { bytes: this.#messages.size, first_seq: this.#first, last_seq: this.#last }
    return { config: this.#config, state }
  }

  #publish(payload: Buffer, expected: number): object {
    if (expected !== this.#last) return refusal(WRONG_LAST_SEQUENCE)
    this.#messages.set(++this.#last, payload)
    return { seq: this.#last }
  }

  #get(sequence: number): object {
    const data = this.#messages.get(sequence)?.toString('base64')
    if (data === undefined) return refusal(MESSAGE_NOT_FOUND)
    return { message: { subject: '', seq: sequence, data, time: '' } }
  }

  #purge(before: number): void {
    const first = Math.min(before, this.#last + 1)
    while (this.#first < first) this.#messages.delete(this.#first++)
  }
}

const refusal = (code: number): object => ({ error: { err_code: code, description: `${code}` } })

function messageOf(answer: object): Msg {
  const text = JSON.stringify(answer)
  const message: Partial<Msg> = { string: () => text, json: () => JSON.parse(text) }
  return message as Msg
}
