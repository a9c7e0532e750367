import { type Asking, NoAnswer } from '../../nats/requests.ts'
import { StoreError } from '../store-error.ts'

/** How a stream shall be, in the words of JetStream. */
export type StreamConfig = { readonly name: string } & Readonly<Record<string, unknown>>

/** What JetStream says of a stream. */
export interface StreamInfo {
  readonly config: Readonly<Record<string, unknown>>
  readonly state: {
    readonly bytes: number
    readonly first_seq: number
    readonly last_seq: number
  }
}

/** A message as the leader of its stream has it. */
export interface StoredMessage {
  readonly subject: string
  readonly sequence: number
  readonly data: Buffer
  /** As they stand in the protocol; empty if there are none. */
  readonly headers: string
  readonly timeMs: number
}

/** JetStream does not do what it was asked. */
export class JetStreamError extends StoreError {
  /** JetStream's own number of the reason; 0 when there is no answer. */
  readonly code: number

  constructor(what: string, code: number) {
    super(what)
    this.code = code
  }

  /** What is so for as long as nobody changes it; all else may go by itself. */
  get isFinal(): boolean {
    return FINAL.has(this.code)
  }
}

export const STREAM_NOT_FOUND = 10059
export const WRONG_LAST_SEQUENCE = 10071
export const WRONG_LAST_MESSAGE_ID = 10070
const MESSAGE_NOT_FOUND = 10037
const STREAM_NAME_IN_USE = 10058
const SUBJECTS_OVERLAP = 10065
const FINAL: ReadonlySet<number> = new Set([STREAM_NOT_FOUND, STREAM_NAME_IN_USE, SUBJECTS_OVERLAP])

const TIMEOUT_MS = 2000
/** A stream with replicas is there when they have chosen a leader. */
const CREATION_TIMEOUT_MS = 10_000

/**
 * The few requests of JetStream's API that the engines need, each in one JSON object. All of them are
 * answered by whoever leads the stream, or the cluster for a creation.
 */
export class JetStreamApi {
  readonly requests: Asking

  constructor(requests: Asking) {
    this.requests = requests
  }

  /**
   * Makes a stream, if there is none of that name. That is looked up first, since it is known to those
   * who have the stream, while only the leader of the whole cluster makes one.
   */
  async createStream(config: StreamConfig): Promise<StreamInfo> {
    try {
      return await this.streamInfo(config.name)
    } catch (error) {
      if (!(error instanceof JetStreamError && error.code === STREAM_NOT_FOUND)) throw error
    }
    return this.#ask(`STREAM.CREATE.${config.name}`, config, CREATION_TIMEOUT_MS)
  }

  streamInfo(stream: string): Promise<StreamInfo> {
    return this.#ask(`STREAM.INFO.${stream}`, {})
  }

  /** Removes all messages before that sequence, of that subject only if there is one. */
  async purge(stream: string, before: number, subject?: string): Promise<void> {
    const filter = subject === undefined ? {} : { filter: subject }
    await this.#ask(`STREAM.PURGE.${stream}`, { seq: before, ...filter })
  }

  async deleteStream(stream: string): Promise<void> {
    await this.#ask(`STREAM.DELETE.${stream}`, {})
  }

  /** The message with that sequence, or the last one of a subject, or the next one of some. */
  async message(
    stream: string,
    which:
      | { readonly seq: number; readonly next_by_subj?: string }
      | { readonly last_by_subj: string },
  ): Promise<StoredMessage | undefined> {
    try {
      const answer = await this.#ask<{ message: WireMessage }>(`STREAM.MSG.GET.${stream}`, which)
      const { subject, seq, data, hdrs, time } = answer.message
      return {
        subject,
        sequence: seq,
        data: Buffer.from(data ?? '', 'base64'),
        headers: Buffer.from(hdrs ?? '', 'base64').toString('latin1'),
        timeMs: Date.parse(time),
      }
    } catch (error) {
      if (error instanceof JetStreamError && error.code === MESSAGE_NOT_FOUND) return undefined
      throw error
    }
  }

  async #ask<Reply>(operation: string, request: object, timeoutMs = TIMEOUT_MS): Promise<Reply> {
    const subject = `$JS.API.${operation}`
    const answer = await this.requests.ask(subject, JSON.stringify(request), timeoutMs)
    if (answer instanceof NoAnswer) throw noAnswer(operation, answer)
    const reply = JSON.parse(answer.string()) as Reply & Refusal
    if (reply.error !== undefined) throw refused(operation, reply.error)
    return reply
  }
}

interface WireMessage {
  readonly subject: string
  readonly seq: number
  readonly data?: string
  readonly hdrs?: string
  readonly time: string
}

interface Refusal {
  readonly error?: { readonly err_code: number; readonly description: string }
}

/** What JetStream answers to a message that was published to a stream. */
export type PublishAnswer = Refusal & { readonly seq?: number }

export function refused(what: string, error: NonNullable<Refusal['error']>): JetStreamError {
  return new JetStreamError(`JetStream refuses ${what}: ${error.description}`, error.err_code)
}

export function noAnswer(what: string, { reason }: NoAnswer): JetStreamError {
  return new JetStreamError(`JetStream does not answer ${what}: ${reason}`, 0)
}
