import type { CompatProfile } from '../config/compat.ts'
import { DelayQueue } from '../delayed/delay-queue.ts'
import { roomInQueue } from '../delayed/room-in-queue.ts'
import type { MessageLog } from '../message-log/message-log.ts'
import type { QueueLog } from '../message-log/queue-log.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { Queue, QueueEvents } from '../queue/queue.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { QuorumQueue } from '../queue/quorum-queue.ts'
import { StreamQueue } from '../stream/stream-queue.ts'
import { Engine, type EngineDelays } from './engine.ts'
import type { ShardedQueue } from './sharded-queue.ts'
import type { UnderWay } from './under-way.ts'

export interface EngineParts {
  readonly log: MessageLog | null
  readonly storage: QueueStorage
  readonly profile: CompatProfile
  /** Whether it can be said of the queue that nobody uses it. */
  readonly isInUse: () => boolean
  readonly underWay: UnderWay
}

/**
 * The queue itself, of each type, on the node that owns its place. What is stored of it moves to the next owner, so
 * that is all of its messages.
 */
export function newEngine(queue: ShardedQueue, parts: EngineParts): Engine {
  const { id, name, vhostName, properties } = queue
  const { log, storage, profile } = parts
  const logOf = (priority: number): QueueLog | null => log?.queueLog(id + priority) ?? null
  const named = { name, vhostName, properties, storage, events: eventsOf(queue, parts) }
  const shared = { ...named, logOf, awaitsClaims: true, keepsTransient: true }
  const withDelays = (engine: Queue): Engine => new Engine(engine, delaysOf(queue, engine, parts))
  switch (queue.type) {
    case 'quorum':
      return withDelays(new QuorumQueue(shared, profile.quorumDeliveryLimit))
    case 'stream':
      return withDelays(new StreamQueue({ ...named, log: logOf(0), tickets: log }))
    case 'classic':
      return withDelays(new ClassicQueue(shared))
    default:
      return queue.type satisfies never
  }
}

/** They are in the queue's own log, so that a message comes from one to the other in one record. */
function delaysOf(
  { delayId, name, vhostName: vhost }: ShardedQueue,
  engine: Queue,
  { log, storage }: EngineParts,
): EngineDelays {
  return {
    areThere: () => {
      const delayed = log?.queueLog(delayId)
      if (delayed?.nextSequence === 0) delayed.drop()
      return delayed !== undefined && delayed.count > 0
    },
    create: () =>
      new DelayQueue({
        owner: { vhost, queue: name },
        storage,
        log: log?.queueLog(delayId) ?? null,
        keepsTransient: true,
        arrivals: { stored: () => log?.settled() ?? Promise.resolve() },
        release: (message) => engine.publish(message),
        roomFor: (message) => roomInQueue(engine, message),
      }),
  }
}

/** The queue tells of itself; others know it as what stands for it. */
function eventsOf(queue: ShardedQueue, { isInUse, underWay }: EngineParts): QueueEvents {
  return {
    lastConsumerLeft: () => {
      if (isInUse()) queue.events.lastConsumerLeft(queue)
    },
    expired: () => {
      if (isInUse()) queue.events.expired(queue)
    },
    deadLetter: (letter) => queue.events.deadLetter(underWay.followLetter(letter)),
  }
}
