import type { QueueConsumer } from '../queue/queue.ts'
import type { Engine } from './engine.ts'
import type { QueueSight } from './wire/owner-words.ts'

/** What there is in a queue, before it is told to a front. */
export interface Sight extends Omit<QueueSight, 'activeConsumer'> {
  readonly activeConsumer: QueueConsumer | null | undefined
}

/** Who uses a place, as far as it is told of its queues. */
export interface Onlooker {
  readonly isOpen: boolean
  /** Whether it has to be told of all queues yet. */
  isNewcomer: boolean
  seen(queue: number, sight: Sight): void
}

/** What those who use a place have been told of its queues: only what has changed since then is told again. */
export class Sights {
  readonly #told = new Map<number, Sight>()

  /** Tells how much there is in each queue now. */
  tell(engines: ReadonlyMap<number, Engine>, sessions: Iterable<Onlooker>): void {
    const open = [...sessions].filter(({ isOpen }) => isOpen)
    for (const [id, engine] of engines) {
      const sight = sightOf(engine)
      const told = this.#told.get(id)
      const isNews = told === undefined || !isSame(told, sight)
      if (isNews) this.#told.set(id, sight)
      for (const session of open) if (isNews || session.isNewcomer) session.seen(id, sight)
    }
    for (const session of open) session.isNewcomer = false
  }

  forget(queue: number): void {
    this.#told.delete(queue)
  }
}

function sightOf({ queue, readyBytes, knownDelays }: Engine): Sight {
  return {
    ready: queue.readyCount,
    unacked: queue.unackedCount,
    consumers: queue.consumerCount,
    readyBytes,
    delayed: knownDelays?.messageCount ?? 0,
    totals: queue.counts.totals,
    activeConsumer: queue.activeConsumer,
  }
}

/** Of thousands of queues each second, most are as they were. */
function isSame(a: Sight, b: Sight): boolean {
  return (
    a.ready === b.ready &&
    a.unacked === b.unacked &&
    a.consumers === b.consumers &&
    a.readyBytes === b.readyBytes &&
    a.delayed === b.delayed &&
    a.activeConsumer === b.activeConsumer &&
    a.totals.every((total, index) => total === b.totals[index])
  )
}
