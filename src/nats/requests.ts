import {
  createInbox,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node'
import { NumberMap } from '../base/number-map.ts'

/** Why there is no answer to a request, which may have been heard nevertheless. */
export class NoAnswer {
  readonly reason: NoAnswerReason

  constructor(reason: NoAnswerReason) {
    this.reason = reason
  }
}

type NoAnswerReason =
  | 'nobody listens'
  | 'it took too long'
  | 'the connection is lost'
  | 'it cannot be sent'
  | 'closed'

export type Answer = Msg | NoAnswer

/** What those need who ask. */
export type Asking = Pick<Requests, 'maxPayloadBytes' | 'send' | 'ask'>

interface OpenRequest {
  readonly onAnswer: (answer: Answer) => void
  readonly deadlineMs: number
}

const TICK_MS = 25
/** Of a server that is not told otherwise. */
const DEFAULT_MAX_PAYLOAD_BYTES = 1 << 20
/** NATS says so in place of an answer, when there is nobody to ask. */
const NO_RESPONDERS = 503

/**
 * Requests of which many are under way at once: one subscription, one timer and one small object each,
 * where the client's own `request` makes a promise and a timer. It takes a third of the time.
 *
 * All that waits is told at once when the connection is lost, because the answers are.
 */
export class Requests {
  readonly #connection: NatsConnection
  readonly #inbox = createInbox()
  readonly #subscription: Subscription
  readonly #open = new NumberMap<OpenRequest>()
  #lastId = 0
  #timer: NodeJS.Timeout | undefined
  #state: 'connected' | 'disconnected' | 'closed' = 'connected'

  constructor(connection: NatsConnection) {
    this.#connection = connection
    this.#subscription = connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#answer(message)
      },
    })
  }

  get isConnected(): boolean {
    return this.#state === 'connected'
  }

  /** What a message may have, its headers included. */
  get maxPayloadBytes(): number {
    return this.#connection.info?.max_payload ?? DEFAULT_MAX_PAYLOAD_BYTES
  }

  /** The payload must stay as it is until the end of this turn. `onAnswer` is never called at once. */
  send(
    subject: string,
    payload: Uint8Array | string,
    timeoutMs: number,
    onAnswer: (answer: Answer) => void,
    messageHeaders?: MsgHdrs,
  ): void {
    if (this.#state !== 'connected') {
      const reason = this.#state === 'closed' ? 'closed' : 'the connection is lost'
      setImmediate(onAnswer, new NoAnswer(reason))
      return
    }
    const id = ++this.#lastId
    const reply = `${this.#inbox}.${id}`
    const options = messageHeaders === undefined ? { reply } : { reply, headers: messageHeaders }
    try {
      this.#connection.publish(subject, payload, options)
    } catch {
      // It is larger than the server takes that we are connected to now.
      setImmediate(onAnswer, new NoAnswer('it cannot be sent'))
      return
    }
    this.#open.set(id, { onAnswer, deadlineMs: performance.now() + timeoutMs })
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** The same for a single one. */
  ask(
    subject: string,
    payload: Uint8Array | string,
    timeoutMs: number,
    messageHeaders?: MsgHdrs,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      this.send(subject, payload, timeoutMs, resolve, messageHeaders)
    })
  }

  disconnected(): void {
    if (this.#state !== 'connected') return
    this.#state = 'disconnected'
    this.#failAll('the connection is lost')
  }

  reconnected(): void {
    if (this.#state === 'disconnected') this.#state = 'connected'
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#subscription.unsubscribe()
    this.#failAll('closed')
    clearInterval(this.#timer)
  }

  #answer(message: Msg): void {
    const id = Number(message.subject.slice(this.#inbox.length + 1))
    const request = this.#open.take(id)
    if (request === undefined) return
    const isNobody = message.data.length === 0 && message.headers?.code === NO_RESPONDERS
    request.onAnswer(isNobody ? new NoAnswer('nobody listens') : message)
  }

  #tick(): void {
    const nowMs = performance.now()
    for (const [id, request] of this.#open.entries()) {
      if (request.deadlineMs > nowMs) continue
      // One that is told may bring about the end of others.
      if (this.#open.take(id) !== undefined) request.onAnswer(new NoAnswer('it took too long'))
    }
    if (this.#open.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #failAll(reason: NoAnswerReason): void {
    const requests = this.#open.values()
    this.#open.clear()
    for (const { onAnswer } of requests) onAnswer(new NoAnswer(reason))
  }
}

/** Headers of a message, of which there is one. */
export function header(name: string, value: string): MsgHdrs {
  const all = headers()
  all.set(name, value)
  return all
}
