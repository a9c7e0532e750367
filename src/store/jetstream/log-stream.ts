import { setTimeout as wait } from 'node:timers/promises'
import type { Msg } from '@nats-io/transport-node'
import { header, NoAnswer } from '../../nats/requests.ts'
import { StoreError } from '../store-error.ts'
import {
  type JetStreamApi,
  JetStreamError,
  noAnswer,
  type PublishAnswer,
  refused,
  STREAM_NOT_FOUND,
  type StreamInfo,
} from './jet-stream-api.ts'
import { type Patience, retrying } from './retrying.ts'

export interface LogStreamOptions {
  readonly name: string
  /** What is published here is in the stream. */
  readonly subject: string
  readonly replicas: number
}

const NANOSECONDS = 1e6
const PUBLISH_TIMEOUT_MS = 2000
/** How often a message is asked for that should be there before it counts as lost. */
const TRIES = 3
/** How often a stream is looked for that should be there before it counts as gone. */
const LOOKS = 10
const LOOK_AGAIN_MS = 100
/**
 * A shard is read some messages at once. What is on its way of them must never be so much that the
 * answer to a ping comes too late behind it, or the connection is taken for dead.
 */
const LARGEST_FRAME_BYTES = 128 * 1024
const ROOM_FOR_HEADERS = 256

/** One stream of JetStream, as a list of messages that is only added to at its end. */
export class LogStream {
  readonly name: string
  readonly #api: JetStreamApi
  readonly #subject: string

  /**
   * Makes the stream, which must be done before anything says that it exists: see `state`.
   *
   * @throws StoreError when the servers are too few for so many replicas, for one.
   */
  static async create(
    api: JetStreamApi,
    { name, subject, replicas }: LogStreamOptions,
    patience: Patience,
  ): Promise<LogStream> {
    const config = {
      name,
      subjects: [subject],
      num_replicas: replicas,
      retention: 'limits',
      storage: 'file',
      deny_delete: true,
      duplicate_window: 100 * NANOSECONDS,
    }
    const { config: actual } = await retrying(patience, () => api.createStream(config))
    // A server leaves out silently what it does not know.
    if (actual['num_replicas'] !== replicas) {
      throw new StoreError(`the NATS servers cannot make the stream ${name} as it should be`)
    }
    return new LogStream(api, { name, subject })
  }

  /** A stream that was made before: see `state`. */
  constructor(api: JetStreamApi, { name, subject }: Pick<LogStreamOptions, 'name' | 'subject'>) {
    this.#api = api
    this.name = name
    this.#subject = subject
  }

  /** How long a message may be at most. */
  get maxFrameBytes(): number {
    return Math.min(LARGEST_FRAME_BYTES, this.#api.requests.maxPayloadBytes - ROOM_FOR_HEADERS)
  }

  /**
   * What there is of it. An empty stream in place of one that is lost would pretend that there never was
   * anything in it.
   *
   * @throws StoreError that is no JetStreamError when it is gone
   */
  async state(): Promise<StreamInfo['state']> {
    for (let attempt = 1; attempt <= LOOKS; attempt++) {
      // A server may have been asked that has not heard of a new stream yet.
      if (attempt > 1) await wait(LOOK_AGAIN_MS)
      try {
        return (await this.#api.streamInfo(this.name)).state
      } catch (error) {
        if (!(error instanceof JetStreamError && error.code === STREAM_NOT_FOUND)) throw error
      }
    }
    throw new StoreError(`the stream ${this.name}, which holds messages, is gone from JetStream`)
  }

  /** Adds a message if that is the last one; tells its sequence, or why it may not be there. */
  append(
    message: Buffer,
    expectedLast: number,
    onOutcome: (outcome: number | JetStreamError) => void,
  ): void {
    this.#api.requests.send(
      this.#subject,
      message,
      PUBLISH_TIMEOUT_MS,
      (answer) => onOutcome(outcomeOf(answer)),
      header('Nats-Expected-Last-Sequence', String(expectedLast)),
    )
  }

  /**
   * The message with that sequence; undefined when it was removed, or is lost. Nobody changes it.
   *
   * Any server that has a copy would answer, too, and JetStream has a request for that. But one that
   * was killed may come back with copies that are one message off, and what is read from several is
   * then neither this nor that. What the leader has is what the others get from it.
   */
  async get(sequence: number): Promise<Buffer | undefined> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const message = await this.#api.message(this.name, { seq: sequence })
      if (message !== undefined) return message.data
    }
    return undefined
  }

  /** Removes all messages before that sequence. */
  purge(before: number): Promise<void> {
    return this.#api.purge(this.name, before)
  }
}

function outcomeOf(answer: Msg | NoAnswer): number | JetStreamError {
  if (answer instanceof NoAnswer) return noAnswer('a publish', answer)
  const { error, seq } = JSON.parse(answer.string()) as PublishAnswer
  if (error !== undefined) return refused('a publish', error)
  return seq ?? new JetStreamError('JetStream answers a publish with no sequence', 0)
}
