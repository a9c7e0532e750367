import type { StoredMessage } from '../message-log/queue-log.ts'
import type { LoggedMessage } from './backlog-runs.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Place } from './queue.ts'
import { settleScattered } from './settle-scattered.ts'

/** A place in a queue, as it is known outside the process: of which priority, and which of those. */
export interface ClaimId {
  readonly priority: number
  readonly sequence: number
}

/** What was read of a lane, which may have left meanwhile. */
interface FoundInLane {
  readonly lane: Lane
  /** Those that are claimed, by sequence. */
  readonly claimed: ReadonlyMap<number, StoredMessage>
  /** Those that stand among them and are not. */
  readonly passed: readonly LoggedMessage[]
}

/** At most so many of the messages in memory are looked at in one step. */
const STEP_COUNT = 500

/**
 * What is claimed of a queue that was another process's, and is to be taken in one turn once it has been read.
 * What was never stored is not there: its sequence may be another's now.
 */
export class Claims {
  readonly #ids: readonly ClaimId[]
  readonly #found: ReadonlyMap<number, FoundInLane>

  /** Reads them, without taking them. Rejects when what is stored cannot be read. */
  static async read(lanes: Lanes, ids: readonly ClaimId[]): Promise<Claims> {
    const found = new Map<number, FoundInLane>()
    for (const priority of new Set(ids.map((id) => id.priority))) {
      const lane = lanes.find(priority)
      if (lane === undefined) continue
      const sequences = ids.filter((id) => id.priority === priority).map((id) => id.sequence)
      for (const sequence of sequences) lane.passOver(sequence)
      found.set(priority, await readLane(lane, sequences))
    }
    return new Claims(ids, found)
  }

  private constructor(ids: readonly ClaimId[], found: ReadonlyMap<number, FoundInLane>) {
    this.#ids = ids
    this.#found = found
  }

  /** Takes them out of what is ready, but for those that have expired; undefined for what is not there. */
  take(nowMs: number): readonly (Place | undefined)[] {
    const taken = new Map<number, Map<number, StoredMessage>>()
    for (const [priority, { lane, claimed, passed }] of this.#found) {
      const all = [...claimed.values()]
      const valid = all.filter((stored) => !isOver(stored, nowMs))
      const over = all.filter((stored) => isOver(stored, nowMs)).map(loggedOf)
      const places = lane.claim(valid, [...passed, ...over])
      settleScattered(places)
      taken.set(priority, new Map(places.map((place) => [place.sequence, place])))
    }
    return this.#ids.map(({ priority, sequence }) => {
      const place = taken.get(priority)?.get(sequence)
      // Nobody gets it twice.
      taken.get(priority)?.delete(sequence)
      return place && { message: place.message, sequence }
    })
  }
}

/** All from the beginning to the last one of these that was there before this process. */
async function readLane(lane: Lane, sequences: readonly number[]): Promise<FoundInLane> {
  const wanted = new Set(sequences.filter((sequence) => sequence < lane.firstNewSequence))
  let last = -1
  for (const sequence of wanted) last = Math.max(last, sequence)
  const claimed = new Map<number, StoredMessage>()
  const passed: LoggedMessage[] = []
  for (let at = 0; at <= last; ) {
    const { messages, next } = await lane.ready.read(at, STEP_COUNT)
    for (const stored of messages) {
      if (wanted.has(stored.sequence)) claimed.set(stored.sequence, stored)
      else if (stored.sequence < last) passed.push(loggedOf(stored))
    }
    at = next
  }
  return { lane, claimed, passed }
}

const loggedOf = ({ message, sequence }: StoredMessage): LoggedMessage => ({
  sequence,
  bodyBytes: message.bodySize,
})

const isOver = ({ expiresAt }: StoredMessage, nowMs: number): boolean =>
  expiresAt !== 0 && expiresAt <= nowMs
