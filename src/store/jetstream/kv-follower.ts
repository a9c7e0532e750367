import type { NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { MetadataListener } from '../metadata.ts'
import { MetadataListeners } from '../metadata-change.ts'
import { JetStreamError } from './jet-stream-api.ts'
import type { KvBucket } from './kv-bucket.ts'

/** How late a change is seen at worst, when nobody could say that there is one. */
const LOOK_MS = 500

/**
 * Tells of what changes in a bucket. Whoever changes something says so to all, and all look what is
 * new since they last did; they also look now and then when nobody says anything.
 *
 * A consumer of JetStream would be told by itself. But after the loss of a server it takes up to ten
 * seconds until there is one again, and until then it is silent as if nothing changed.
 */
export class KvFollower {
  readonly #bucket: KvBucket
  readonly #connection: NatsConnection
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listeners = new MetadataListeners()
  /** Of the first change that is not told yet; undefined until somebody wants to know. */
  #next: number | undefined
  #isLooking = false
  #isToLookAgain = false
  /** What is being told: that is done by one at a time, in order. */
  #telling: Promise<void> | undefined
  #stop = (): void => {}
  #subscription: Subscription | undefined

  constructor(bucket: KvBucket, connection: NatsConnection, clock: Clock, logger: Logger) {
    this.#bucket = bucket
    this.#connection = connection
    this.#clock = clock
    this.#logger = logger
  }

  /** Tells of what is changed from now on. Rejects if that cannot be known at the moment. */
  async add(listener: MetadataListener): Promise<() => void> {
    const last = await this.#bucket.lastRevision()
    if (this.#next === undefined) this.#start(last + 1)
    return this.#listeners.add(listener)
  }

  /**
   * Resolves when all has been told that was changed before the call. Rejects if that cannot be known
   * at the moment.
   */
  async told(): Promise<void> {
    const next = this.#next
    if (next === undefined) return
    const last = await this.#bucket.lastRevision()
    while ((this.#next as number) <= last) await this.#tellNewOnce()
  }

  /** Says that something was changed. */
  announce(): void {
    if (!this.#connection.isClosed()) this.#connection.publish(this.#subject)
  }

  close(): void {
    this.#stop()
    this.#subscription?.unsubscribe()
  }

  get #subject(): string {
    return `leveret.changed.${this.#bucket.name}`
  }

  #start(next: number): void {
    this.#next = next
    const look = (): void => void this.#look()
    this.#stop = this.#clock.every(LOOK_MS, look)
    this.#subscription = this.#connection.subscribe(this.#subject, { callback: look })
  }

  async #look(): Promise<void> {
    this.#isToLookAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    while (this.#isToLookAgain) {
      this.#isToLookAgain = false
      await this.#tellNewOnce().catch((error) => this.#onFailed(error))
    }
    this.#isLooking = false
  }

  /** What is changed after it began to look may be left out. */
  #tellNewOnce(): Promise<void> {
    this.#telling ??= this.#tellNew().finally(() => {
      this.#telling = undefined
    })
    return this.#telling
  }

  async #tellNew(): Promise<void> {
    const first = this.#next as number
    const last = await this.#bucket.lastRevision()
    if (last < first) return
    const entries = await this.#bucket.entries(first, last)
    this.#next = last + 1
    for (const { key, value } of entries) this.#listeners.tell(key, value)
  }

  /** JetStream is away now and then; it is asked again soon. */
  #onFailed(error: unknown): void {
    if (error instanceof JetStreamError) return
    this.#logger.error({ err: error }, 'Cannot tell what has changed in the definitions')
  }
}
