import type { NumberMap } from '../base/number-map.ts'
import type { HeldMessage, ShardedQueue } from './sharded-queue.ts'
import type { QueueSettlement } from './unheard-settlements.ts'
import type { FrontWriter } from './wire/front-words.ts'

const PLACES_A_CLAIM = 10_000

/** Tells an owner what this node has of its queues: what its channels hold, and what nobody could be told of. */
export function claimHeld(
  writer: FrontWriter,
  queues: ReadonlyMap<number, ShardedQueue>,
  late: readonly QueueSettlement[],
): void {
  for (const { id, held } of queues.values()) {
    for (const [consumer, places] of byConsumer(held)) claim(writer, id, consumer, places)
  }
  for (const { queue, places } of late) if (queues.has(queue)) claim(writer, queue, 0, places)
}

function claim(
  writer: FrontWriter,
  queue: number,
  consumer: number,
  places: readonly number[],
): void {
  for (let at = 0; at < places.length; at += PLACES_A_CLAIM) {
    writer.claim(queue, consumer, places.slice(at, at + PLACES_A_CLAIM))
  }
}

function byConsumer(held: NumberMap<HeldMessage>): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>()
  for (const [place, { consumer }] of held.entries()) {
    const others = places.get(consumer)
    if (others === undefined) places.set(consumer, [place])
    else others.push(place)
  }
  return places
}
