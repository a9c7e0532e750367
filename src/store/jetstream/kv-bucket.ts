import { headers } from '@nats-io/transport-node'
import { NoAnswer } from '../../nats/requests.ts'
import { StoreError } from '../store-error.ts'
import {
  type JetStreamApi,
  noAnswer,
  type PublishAnswer,
  refused,
  type StoredMessage,
  WRONG_LAST_SEQUENCE,
} from './jet-stream-api.ts'
import { kvKey, kvSubject, kvSubjects } from './kv-key.ts'
import { type Patience, retrying } from './retrying.ts'

/** What a key had last. */
export interface KvEntry {
  readonly key: string
  /** Undefined when the key was deleted; that stays there for a while. */
  readonly value: string | undefined
  /** The sequence of the message in the bucket's stream. */
  readonly revision: number
  readonly timeMs: number
}

const PUBLISH_TIMEOUT_MS = 2000
/** How many are asked for at the same time when all are. */
const READS_AT_ONCE = 64
const ROOM_FOR_HEADERS = 256

/**
 * A bucket of keys as NATS lays them out: a stream that keeps the last message of each subject. The
 * tools of NATS show it as one.
 *
 * Everything is asked of the stream's leader, so that what was written is seen by who reads next.
 */
export class KvBucket {
  readonly name: string
  readonly #api: JetStreamApi

  /** Makes the bucket if it is not there. */
  static async create(
    api: JetStreamApi,
    name: string,
    replicas: number,
    patience: Patience,
  ): Promise<KvBucket> {
    const config = {
      name: streamOf(name),
      subjects: [kvSubjects(name)],
      num_replicas: replicas,
      max_msgs_per_subject: 1,
      storage: 'file',
      discard: 'new',
      deny_delete: true,
      allow_direct: true,
      allow_rollup_hdrs: true,
    }
    await retrying(patience, () => api.createStream(config))
    return new KvBucket(api, name)
  }

  private constructor(api: JetStreamApi, name: string) {
    this.#api = api
    this.name = name
  }

  /** What the key has, or had. */
  async entry(key: string): Promise<KvEntry | undefined> {
    const subject = kvSubject(this.name, key)
    const message = await this.#api.message(this.#stream, { last_by_subj: subject })
    return message === undefined ? undefined : this.#entryOf(message)
  }

  /**
   * Sets a key if nothing in the bucket was changed after that revision. Gives the new revision, or
   * undefined if something was; throws JetStreamError when that is not known.
   *
   * JetStream can be told to look at the key alone, too. But nats-server 2.9 then takes two changes
   * that come at the same time, if the stream has replicas: each of them comes after the same one.
   */
  async write(
    key: string,
    value: string | undefined,
    lastRevision: number,
  ): Promise<number | undefined> {
    const { requests } = this.#api
    const payload = Buffer.from(value ?? '')
    if (payload.length > requests.maxPayloadBytes - ROOM_FOR_HEADERS) {
      throw new StoreError(`${payload.length} bytes are more than NATS takes for one definition`)
    }
    const conditions = headers()
    conditions.set('Nats-Expected-Last-Sequence', String(lastRevision))
    if (value === undefined) conditions.set(OPERATION, DELETED)
    const subject = kvSubject(this.name, key)
    const answer = await requests.ask(subject, payload, PUBLISH_TIMEOUT_MS, conditions)
    if (answer instanceof NoAnswer) throw noAnswer('a change', answer)
    const { error, seq } = answer.json<PublishAnswer>()
    if (error === undefined) return seq
    const refusal = refused('a change', error)
    if (refusal.code !== WRONG_LAST_SEQUENCE) throw refusal
    return undefined
  }

  /** The highest revision that there is. */
  async lastRevision(): Promise<number> {
    return (await this.#api.streamInfo(this.#stream)).state.last_seq
  }

  /** Of the keys that were last changed from one revision to another, what they have, in order. */
  async entries(first: number, last: number): Promise<KvEntry[]> {
    // Each one has to be known before the next one can be asked for, so it is done in many places.
    const span = Math.max(1, Math.ceil((last - first + 1) / READS_AT_ONCE))
    const walks: Promise<KvEntry[]>[] = []
    for (let from = first; from <= last; from += span) {
      walks.push(this.#walk(from, Math.min(last, from + span - 1)))
    }
    return (await Promise.all(walks)).flat()
  }

  /** Removes what is left of a deleted key. */
  forget(key: string, revision: number): Promise<void> {
    return this.#api.purge(this.#stream, revision + 1, kvSubject(this.name, key))
  }

  get #stream(): string {
    return streamOf(this.name)
  }

  async #walk(first: number, last: number): Promise<KvEntry[]> {
    const entries: KvEntry[] = []
    for (let next = first; next <= last; ) {
      const which = { seq: next, next_by_subj: kvSubjects(this.name) }
      const message = await this.#api.message(this.#stream, which)
      if (message === undefined || message.sequence > last) break
      entries.push(this.#entryOf(message))
      next = message.sequence + 1
    }
    return entries
  }

  #entryOf({ subject, sequence, data, headers: text, timeMs }: StoredMessage): KvEntry {
    const isDeleted = text.includes(`${OPERATION}: ${DELETED}`) || text.includes(PURGED)
    return {
      key: kvKey(this.name, subject),
      value: isDeleted ? undefined : data.toString(),
      revision: sequence,
      timeMs,
    }
  }
}

const OPERATION = 'KV-Operation'
const DELETED = 'DEL'
/** As the tools of NATS may do it by hand. */
const PURGED = `${OPERATION}: PURGE`
const streamOf = (bucket: string): string => `KV_${bucket}`
