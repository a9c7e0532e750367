/**
 * A record: its version, then entries, those of the first two kinds before the others, and a stamp
 * last. Integers are big-endian; sequences have 48 bits, and times, which are in milliseconds since
 * 1970, too.
 *
 *     DELIVER  1 │ queue id: 4 │ runs: 4 │ { from: 6, count: 4 } …
 *     SETTLE   2 │ the same
 *     ENQUEUE  3 │ places: 4 │ { queue id: 4, sequence: 6, flags: 1, expires at: 6, if flagged } …
 *                │ message: see `stored-message.ts`
 *     STAMP    4 │ bytes: 4 │ see `stamps.ts`
 *
 * Of what a journal says of a place, the last word counts: an ENQUEUE that comes again replaces the
 * first. Version 2 is that of records that have a stamp; the others have version 1.
 */
export const RECORD_VERSION = 1
export const STAMPED_VERSION = 2

export const DELIVER = 1
export const SETTLE = 2
export const ENQUEUE = 3
export const STAMP = 4

/**
 * A record is read as a whole, and while a journal finds out where it ends it may need twice that
 * memory: Node gives 4 GiB in one piece, and reads 2 GiB at once, at most. What says more is cut.
 */
export const MAX_RECORD_BYTES: number = 3 * 2 ** 29

export const VERSION_BYTES = 1
export const SEQUENCE_BYTES = 6
export const ENQUEUE_HEAD_BYTES: number = 1 + 4
/** A place without a time. */
export const PLACE_BYTES: number = 4 + SEQUENCE_BYTES + 1
export const TIME_BYTES = 6
export const RUNS_HEAD_BYTES: number = 1 + 4 + 4
export const STAMP_HEAD_BYTES: number = 1 + 4
export const RUN_BYTES: number = SEQUENCE_BYTES + 4

/** Flags of a place. */
export const DELIVERED = 1
export const EXPIRES = 2

/** What a place takes. */
export function placeBytes(expiresAt: number): number {
  return expiresAt === 0 ? PLACE_BYTES : PLACE_BYTES + TIME_BYTES
}
