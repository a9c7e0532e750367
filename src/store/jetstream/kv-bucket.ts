import { randomUUID } from 'node:crypto'
import { headers, type Msg, type MsgHdrs } from '@nats-io/transport-node'
import { NoAnswer } from '../../nats/requests.ts'
import { StoreError } from '../store-error.ts'
import {
  type JetStreamApi,
  noAnswer,
  type PublishAnswer,
  refused,
  type StoredMessage,
  WRONG_LAST_MESSAGE_ID,
  WRONG_LAST_SEQUENCE,
} from './jet-stream-api.ts'
import { kvKey, kvSubject, kvSubjects, toldKey, toldSubjects } from './kv-key.ts'
import { type Patience, retrying } from './retrying.ts'

/** What a key has or is to have; undefined when it is deleted. */
export interface KeyValue {
  readonly key: string
  readonly value: string | undefined
}

/** A change that is to be made. */
export interface NewKvChange extends KeyValue {
  /** What nobody else's change is called: see `KvBucket.newId`. */
  readonly id: string
}

/** A change that was made. A deletion stays there for a while. */
export interface KvChange extends KeyValue {
  /** Empty if it was made by others than this program. */
  readonly id: string
  /** The sequence of the message in the bucket's stream. */
  readonly revision: number
}

/** What a key had last. */
export interface KvEntry extends KvChange {
  readonly timeMs: number
}

const PUBLISH_TIMEOUT_MS = 2000
/** How many are asked for at the same time when all are. */
const READS_AT_ONCE = 64
const ROOM_FOR_HEADERS = 512

/**
 * A bucket of keys as NATS lays them out: a stream that keeps the last message of each subject. The
 * tools of NATS show it as one.
 *
 * Everything is asked of the stream's leader, so that what was written is seen by who reads next. And it tells
 * of each change, once that is stored, whoever listens to `toldSubjects`.
 */
export class KvBucket {
  readonly name: string
  readonly #api: JetStreamApi
  /** What nobody else begins its ids with. */
  readonly #writer = randomUUID()
  #lastId = 0

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
      republish: { src: kvSubjects(name), dest: toldSubjects(name) },
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
   * Sets keys one after the other, without waiting in between, if nothing in the bucket was changed after that
   * revision, nor by anybody else between two of them. Each promise gives the new revision, or undefined if
   * something was, as do all behind it then; it rejects with JetStreamError when that is not known.
   *
   * Each names the one before it, rather than the revision that this one would have: if another writer came between
   * two, the next but one would be right again, and nobody would have looked at what that other has changed. For the
   * same reason each attempt has a name of its own: behind a change that was made already, by somebody else at
   * another time, nothing is known of what came before that. JetStream can be told to look at the key alone, too. But
   * nats-server 2.9 then takes two changes that come at the same time, if the stream has replicas: each of them
   * comes after the same one.
   */
  write(changes: readonly NewKvChange[], lastRevision: number): Promise<number | undefined>[] {
    const attempt = this.newId()
    const nameOf = ({ id }: NewKvChange): string => `${id}${ATTEMPT}${attempt}`
    return changes.map((change, index) => {
      const before = changes[index - 1]
      const conditions = headers()
      if (before === undefined) conditions.set('Nats-Expected-Last-Sequence', String(lastRevision))
      else conditions.set('Nats-Expected-Last-Msg-Id', nameOf(before))
      conditions.set(ID, nameOf(change))
      if (change.value === undefined) conditions.set(OPERATION, DELETED)
      return this.#write(change, conditions)
    })
  }

  /** For a change. */
  newId(): string {
    return `${this.#writer}-${++this.#lastId}`
  }

  /** @throws StoreError for a value that NATS does not take. */
  assertFits(value: string): void {
    const bytes = Buffer.byteLength(value)
    if (bytes <= this.#api.requests.maxPayloadBytes - ROOM_FOR_HEADERS) return
    throw new StoreError(`${bytes} bytes are more than NATS takes for one definition`)
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

  /** What the bucket tells of a change; undefined for what is none. */
  told(message: Msg): KvChange | undefined {
    const revision = Number(message.headers?.get('Nats-Sequence'))
    if (!(revision > 0)) return undefined
    const isDeleted = DELETIONS.includes(message.headers?.get(OPERATION) ?? '')
    const value = isDeleted ? undefined : message.string()
    const id = idIn(message.headers?.get(ID))
    return { key: toldKey(this.name, message.subject), value, revision, id }
  }

  get #stream(): string {
    return streamOf(this.name)
  }

  async #write({ key, value }: KeyValue, conditions: MsgHdrs): Promise<number | undefined> {
    const subject = kvSubject(this.name, key)
    const { requests } = this.#api
    const answer = await requests.ask(subject, value ?? '', PUBLISH_TIMEOUT_MS, conditions)
    if (answer instanceof NoAnswer) throw noAnswer('a change', answer)
    const { error, seq } = answer.json<PublishAnswer>()
    if (error === undefined) return seq
    const refusal = refused('a change', error)
    if (!OVERTAKEN.has(refusal.code)) throw refusal
    return undefined
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
    const isDeleted = DELETIONS.some((operation) => text.includes(`${OPERATION}: ${operation}`))
    return {
      key: kvKey(this.name, subject),
      value: isDeleted ? undefined : data.toString(),
      revision: sequence,
      id: idIn(ID_LINE.exec(text)?.[1]),
      timeMs,
    }
  }
}

/** Somebody else has changed something. */
const OVERTAKEN: ReadonlySet<number> = new Set([WRONG_LAST_SEQUENCE, WRONG_LAST_MESSAGE_ID])
const ID = 'Nats-Msg-Id'
/** Between the id of a change and that of the attempt to make it. */
const ATTEMPT = '@'
const idIn = (name = ''): string => name.split(ATTEMPT, 1)[0] as string
const ID_LINE: RegExp = /^Nats-Msg-Id: *(\S+)/m
const OPERATION = 'KV-Operation'
const DELETED = 'DEL'
/** The tools of NATS may do the other by hand. */
const DELETIONS: readonly string[] = [DELETED, 'PURGE']
const streamOf = (bucket: string): string => `KV_${bucket}`
