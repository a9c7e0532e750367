/**
 * The port for durable definitions: virtual hosts, users, exchanges, queues, bindings … each one a
 * value under one key. There is no transaction over several keys, since an engine that is spread over
 * machines has none: whoever changes several puts them in an order that can be repaired.
 *
 * Other nodes may write to the same store: what one of them has done is seen by `read` at once, and
 * told to who watches soon.
 */
export interface Metadata {
  /** Everything that is there, in any order. */
  load(): Promise<Map<string, string>>

  /**
   * Resolves when the value is durable. Changes take effect in the order of the calls, and those of
   * one turn share one commit. It rejects when the change may not be there.
   *
   * A key is any text of at least one byte and at most `MAX_KEY_BYTES`, in UTF-8.
   */
  put(key: string, value: string): Promise<void>

  /** As `put`; also for a key that is not there. */
  delete(key: string): Promise<void>

  /** What the key has now, after all changes by anyone that were done when this was called. */
  read(key: string): Promise<string | undefined>

  /**
   * As `put`, or `delete` when the value is undefined, if the key has the value that is expected,
   * undefined for none, and tells whether it had. Of many who do so at the same time, one succeeds.
   *
   * After a rejection it may have succeeded, and also when somebody else's came right after it, before it was
   * known that it was made; each who tries should have a value that nobody else has.
   */
  replace(key: string, expected: string | undefined, value: string | undefined): Promise<boolean>

  /**
   * Tells of every key that is changed from now on, by anyone, this store included, in the order of
   * the changes; of several changes of one key maybe only the last. Returns how to stop that. To miss
   * nothing, watch first and load then; a change may be in both.
   */
  watch(listener: MetadataListener): Promise<() => void>

  /**
   * Up to where all who watch have been told of what anyone has done: all that this store has done, and what
   * it was refused for, is before that. Other stores of the same may be asked for it with `told`. Always 0 for
   * an engine that does not count.
   */
  readonly position: number

  /**
   * Resolves when all who watch have been told of every change by anyone up to that position, or, of 0, of
   * every change that was done when this was called; rejects when that cannot be known.
   */
  told(position?: number): Promise<void>

  /** Waits for what is under way. Nothing can be asked of it any more. */
  close(): Promise<void>
}

/** Gets what the key has now; undefined when it is deleted. */
export type MetadataListener = (key: string, value: string | undefined) => void

/** Room for four names of AMQP, each a short string of up to 255 bytes, and what belongs to them. */
export const MAX_KEY_BYTES = 1150
