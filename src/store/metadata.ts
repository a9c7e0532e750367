/**
 * The port for durable definitions: virtual hosts, users, exchanges, queues, bindings … each one a
 * value under one key. There is no transaction over several keys, since an engine that is spread over
 * machines has none: whoever changes several puts them in an order that can be repaired.
 *
 * A store that other nodes write to as well will add a way to watch it.
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

  /** Waits for what is under way. Nothing can be asked of it any more. */
  close(): Promise<void>
}

/** Room for four names of AMQP, each a short string of up to 255 bytes, with what separates them. */
export const MAX_KEY_BYTES = 1100
