import type { Campaign } from '../campaign.ts'
import { Churner } from '../traffic/churner.ts'
import { Consumer } from '../traffic/consumer.ts'
import { Getter } from '../traffic/getter.ts'
import { Publisher } from '../traffic/publisher.ts'
import type { Fashion } from '../traffic/publishing.ts'
import type { Session } from '../traffic/session.ts'
import { Transactor } from '../traffic/transactor.ts'

/** A queue for each worker that it empties, deletes and declares again. */
export const CHURNED: readonly string[] = ['churned by one', 'churned by two', 'churned by three']

/** Everybody does everything: publishers, consumers, getters and transactions on a few connections. */
export async function busy(
  { random, routes }: Campaign,
  queues: readonly string[],
  open: () => Promise<Session>,
): Promise<void> {
  const fashion: Fashion = { routes, mostBodyBytes: 8000, transientShare: 0.05 }
  const consumedShare = random.pick([0.2, 0.7, 1, 1])
  const workers = random.between(1, CHURNED.length)
  for (let worker = 0; worker < workers; worker++) {
    const session = await open()
    for (const queue of queues) {
      if (!random.chance(consumedShare / workers)) continue
      const prefetchCount = random.magnitude(2, 500)
      const share = () => random.pick([0, 0, 0.0005, 0.02])
      await Consumer.start(session, queue, {
        prefetchCount,
        requeueShare: share(),
        keepShare: share(),
        upheavalShare: share() / 10,
        restartShare: share() / 10,
      })
    }
    if (random.chance(0.5)) await transact(session, random.pick(queues), fashion)
    if (random.chance(0.3)) {
      await Getter.start(session, { queue: random.pick(queues), requeueShare: 0.1, quota: 2000 })
    }
    if (random.chance(0.5)) {
      const churned = { queue: CHURNED[worker] as string, mostPublishes: random.magnitude(1, 100) }
      await Churner.start(session, churned)
    }
    const window = random.magnitude(1, 2000)
    await Publisher.start(session, { fashion, window, quota: 10_000 })
  }
}

async function transact(session: Session, queue: string, fashion: Fashion): Promise<void> {
  const { random } = session
  await Transactor.start(session, {
    fashion,
    queue,
    mostPublishes: random.magnitude(1, 200),
    mostAcks: random.magnitude(1, 100),
    rollbackShare: 0.1,
    pauseShare: 0.05,
    quota: 500,
  })
}
