/**
 * The port through which messages become durable: an ordered list of records, each all that one turn
 * of the event loop had to store. What a record says is the caller's; a journal keeps bytes.
 *
 * Nothing here assumes one machine. An engine may write to a file or to a replicated stream, so every
 * call may take its time and may fail, and what is in flight when a node dies may or may not be there.
 */
export interface Journal {
  /**
   * Gives every record, oldest first. To be awaited before anything else is asked of the journal.
   * The buffer is valid during the call only.
   *
   * A record that cannot be trusted is left out and reported, see `Damage`.
   */
  recover(visit: (position: number, record: Buffer) => void): Promise<void>

  /**
   * Adds a record, given in parts that are stored one after the other and must not change until the
   * promise is settled. It resolves with the record's position as soon as the record is as safe as the
   * journal's durability asks, in the order of the calls; positions only ever grow, by any step.
   *
   * What is appended while a commit is under way joins the next one. It rejects when the record may
   * not be there. The next append may well succeed.
   *
   * If nobody waits for a record, it may be that it is only as safe as with `os`, until the next one
   * is that somebody waits for.
   */
  append(parts: readonly Buffer[], isAwaited?: boolean): Promise<number>

  /**
   * All records from one position to another, in order. Both are those of records that were given by
   * `recover` or `append` and are not truncated, else it rejects, as it does when a file cannot be
   * read. What is between them is what `recover` would give now.
   *
   * A record that cannot be trusted, be it the first, is left out and reported, see `Damage`. So who
   * misses something in what comes back has lost it. The memory is new, and the caller's to keep;
   * records that were stored together may share it. There may be several reads at a time.
   */
  read(first: number, last: number): Promise<Buffer[]>

  /** Removes all records up to and including this position, after what was appended before. */
  truncate(upTo: number): Promise<void>

  /** About how much is stored, in bytes. */
  readonly bytes: number

  /** Waits for what is under way. Nothing can be asked of the journal any more. */
  close(): Promise<void>
}

/**
 * What a resolved promise is worth. `disk`: flushed, so it survives a loss of power. `os`: handed to
 * the operating system, so it survives the end of the process but not that of the machine.
 */
export type Durability = 'disk' | 'os'

/** Bytes that are stored but are not what was written. They are never given out. */
export interface Damage {
  readonly position: number
  /** What is wrong with them, to follow "because" in a sentence. */
  readonly reason: string
}

export type DamageListener = (damage: Damage) => void
