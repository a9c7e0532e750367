import type { StoredMessage } from '../message-log/queue-log.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'
import type { Place } from './queue.ts'
import { settleScattered } from './settle-scattered.ts'

/** A place in a queue, as it is known outside the process: of which priority, and which of those. */
export interface ClaimId {
  readonly priority: number
  readonly sequence: number
}

/** At most so many of the messages in memory are looked at in one step. */
const STEP_COUNT = 500

/**
 * The messages at these places that are ready, wherever they are; undefined for what is not there. They are
 * looked at and not taken, so they may be gone before `takeClaimed`. Rejects when what is stored cannot be
 * read.
 */
export async function findClaimed(
  lanes: Lanes,
  ids: readonly ClaimId[],
): Promise<readonly (StoredMessage | undefined)[]> {
  const found = new Map<number, ReadonlyMap<number, StoredMessage>>()
  for (const priority of new Set(ids.map((id) => id.priority))) {
    const lane = lanes.find(priority)
    if (lane === undefined) continue
    const sequences = ids.filter((id) => id.priority === priority).map((id) => id.sequence)
    found.set(priority, await findIn(lane, sequences))
  }
  return ids.map(({ priority, sequence }) => found.get(priority)?.get(sequence))
}

/** Reads on from one to the next, so that what is stored together is read once. */
async function findIn(
  { ready, nextSequence }: Lane,
  sequences: readonly number[],
): Promise<ReadonlyMap<number, StoredMessage>> {
  const wanted = new Set(sequences.filter((sequence) => sequence >= 0 && sequence < nextSequence))
  const inOrder = [...wanted].sort((a, b) => a - b)
  const found = new Map<number, StoredMessage>()
  for (let index = 0; index < inOrder.length; ) {
    const left = inOrder.length - index
    const { messages, next } = await ready.read(
      inOrder[index] as number,
      Math.min(left, STEP_COUNT),
    )
    for (const stored of messages)
      if (wanted.has(stored.sequence)) found.set(stored.sequence, stored)
    while (index < inOrder.length && (inOrder[index] as number) < next) index++
  }
  return found
}

/** Takes them out of what is ready, as if they had just gone to somebody; not those that have expired. */
export function takeClaimed(
  lanes: Lanes,
  found: readonly (StoredMessage | undefined)[],
  nowMs: number,
): readonly (Place | undefined)[] {
  const taken: StoredMessage[] = []
  const places = found.map((stored) => {
    if (stored === undefined || isOver(stored, nowMs)) return undefined
    const lane = lanes.of(stored.message)
    if (!lane.ready.remove(stored)) return undefined
    lane.claimed(stored)
    taken.push(stored)
    return { message: stored.message, sequence: stored.sequence }
  })
  for (const lane of lanes.all) lane.flushTaken()
  settleScattered(taken)
  return places
}

const isOver = ({ expiresAt }: StoredMessage, nowMs: number): boolean =>
  expiresAt !== 0 && expiresAt <= nowMs
