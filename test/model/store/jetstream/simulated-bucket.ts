import type { Msg, MsgHdrs } from '@nats-io/transport-node'
import type { NatsLink } from '../../../../src/nats/nats-link.ts'
import { NoAnswer } from '../../../../src/nats/requests.ts'

/** What befalls what is sent. `late`: nobody is told, and it arrives when all who sent it have given up. */
export type Fate = 'arrives' | 'lost' | 'unanswered' | 'late'

/** A change that the bucket has taken. */
export interface TakenChange {
  readonly key: string
  readonly value: string | undefined
}

interface Listener {
  readonly link: SimulatedLink
  readonly callback: (error: null, message: Msg) => void
}

const WRONG_LAST_SEQUENCE = 10071
const WRONG_LAST_MESSAGE_ID = 10070
const MESSAGE_NOT_FOUND = 10037

/** One bucket of JetStream, as much of it as the engine asks for. */
export class SimulatedBucket {
  readonly taken: TakenChange[] = []
  readonly #listeners: Listener[] = []
  #subjects: string[] = []
  readonly #ids = new Map<string, number>()
  #lastMessageId = ''

  /** What each key has. */
  get values(): Map<string, string> {
    const values = new Map<string, string>()
    for (const { key, value } of this.taken) {
      if (value === undefined) values.delete(key)
      else values.set(key, value)
    }
    return values
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener)
  }

  /** Answers as JetStream does. */
  answer(subject: string, text: string, headers: MsgHdrs | undefined): object {
    if (subject.startsWith('$KV.')) return this.#take(subject, text, headers)
    if (subject.includes('STREAM.INFO')) {
      return { config: {}, state: { bytes: 0, first_seq: 1, last_seq: this.taken.length } }
    }
    return this.#find(JSON.parse(text) as { seq: number })
  }

  #take(subject: string, text: string, headers: MsgHdrs | undefined): object {
    const id = headers?.get('Nats-Msg-Id') ?? ''
    const made = this.#ids.get(id)
    if (made !== undefined) return { seq: made, duplicate: true }
    const expected = headers?.get('Nats-Expected-Last-Sequence')
    if (expected && Number(expected) !== this.taken.length) return refusal(WRONG_LAST_SEQUENCE)
    const before = headers?.get('Nats-Expected-Last-Msg-Id')
    if (before && before !== this.#lastMessageId) return refusal(WRONG_LAST_MESSAGE_ID)
    this.#lastMessageId = id
    const token = subject.split('.').at(-1) as string
    const operation = headers?.get('KV-Operation') ?? ''
    const value = operation === '' ? text : undefined
    this.taken.push({ key: Buffer.from(token, 'base64url').toString(), value })
    this.#subjects.push(subject)
    const seq = this.taken.length
    this.#ids.set(id, seq)
    const told = new Map([
      ['Nats-Msg-Id', id],
      ['Nats-Sequence', String(seq)],
      ['KV-Operation', operation],
    ])
    const message = { subject: `leveret.told.b.${token}`, headers: told, string: () => text }
    for (const { link, callback } of this.#listeners) {
      link.tell(() => callback(null, message as unknown as Msg))
    }
    return { seq }
  }

  /** The first from there on that nothing of its key comes after. */
  #find({ seq }: { readonly seq: number }): object {
    for (let at = seq; at <= this.taken.length; at++) {
      const subject = this.#subjects[at - 1] as string
      if (this.#subjects.indexOf(subject, at) >= 0) continue
      const { value } = this.taken[at - 1] as TakenChange
      const id = [...this.#ids].find(([, sequence]) => sequence === at)?.[0]
      const operation = value === undefined ? 'KV-Operation: DEL\r\n' : ''
      const hdrs = `NATS/1.0\r\nNats-Msg-Id: ${id}\r\n${operation}\r\n`
      const message = {
        ...{ subject, seq: at, time: '2026-01-01T00:00:00Z' },
        ...{ data: btoa(value ?? ''), hdrs: btoa(hdrs) },
      }
      return { message }
    }
    return refusal(MESSAGE_NOT_FOUND)
  }
}

const refusal = (code: number): object => ({ error: { err_code: code, description: 'refused' } })

/** The connection of a node to it, on which everything may go wrong. */
export class SimulatedLink {
  readonly #bucket: SimulatedBucket
  readonly #fate: () => Fate
  readonly #turns: () => number
  readonly #late: (() => void)[] = []
  /** What was sent stays in its order, and so does what comes. */
  #sent: Promise<void> = Promise.resolve()
  #coming: Promise<void> = Promise.resolve()

  constructor(bucket: SimulatedBucket, fate: () => Fate, turns: () => number) {
    this.#bucket = bucket
    this.#fate = fate
    this.#turns = turns
  }

  get asLink(): NatsLink {
    const connection = {
      subscribe: (_: string, { callback }: { callback: Listener['callback'] }) => {
        this.#bucket.listen({ link: this, callback })
        return { unsubscribe() {} }
      },
    }
    const requests = {
      maxPayloadBytes: 1 << 20,
      ask: (subject: string, text: string, _timeoutMs: number, headers?: MsgHdrs) =>
        this.call(async () => {
          const answer = this.#bucket.answer(subject, text, headers)
          return { json: () => answer, string: () => JSON.stringify(answer) }
        }).then((answer) => answer ?? new NoAnswer('it took too long')),
    }
    return { connection, requests } as unknown as NatsLink
  }

  /** Undefined when there is no answer. */
  async call<Answer>(what: () => Promise<Answer>): Promise<Answer | undefined> {
    const fate = this.#fate()
    const arrives = this.#sent.then(() => pass(this.#turns()))
    this.#sent = arrives
    await arrives
    if (fate === 'lost') return undefined
    if (fate === 'late') {
      this.#late.push(() => void what().catch(() => {}))
      return undefined
    }
    const answer = await what()
    await pass(this.#turns())
    return fate === 'unanswered' ? undefined : answer
  }

  /** What was thought lost arrives. */
  deliverLate(): void {
    for (const arrive of this.#late.splice(0)) arrive()
  }

  tell(arrive: () => void): void {
    if (this.#fate() !== 'arrives') return
    this.#coming = this.#coming.then(() => pass(this.#turns())).then(arrive)
  }
}

export async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
