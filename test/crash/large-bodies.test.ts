import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { oneBroker } from './broker/brokers.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'
import { Transactor } from './traffic/transactor.ts'

const QUEUES = ['large', 'larger']
const MEBIBYTE = 1024 * 1024

describe(`a broker that is killed amid large messages (CRASH_SEED=${seed})`, () => {
  it.each(oneBroker)('keeps its promises: $name', async (choice) => {
    const campaign = new Campaign(await choice.in(temporaryDirectory()), seed, { queues: QUEUES })
    const { random, routes } = campaign
    const fashion = {
      routes,
      leastBodyBytes: 50_000,
      mostBodyBytes: MEBIBYTE,
      transientShare: 0.05,
    }
    for (let round = 1; round <= rounds(6); round++) {
      await campaign.round({
        work: async (open) => {
          const session = await open()
          const manners = { ...POLITE, prefetchCount: 5, requeueShare: 0.05 }
          if (random.chance(0.7)) await Consumer.start(session, 'large', manners)
          await Transactor.start(session, {
            fashion,
            queue: 'larger',
            mostPublishes: 5,
            mostAcks: 10,
            rollbackShare: 0.1,
            pauseShare: 0.1,
            quota: 20,
          })
          await Publisher.start(session, { fashion, window: 10, quota: 100 })
        },
        events: random.magnitude(10, 200),
      })
    }
    await campaign.drain()
    await campaign.drain()
    expect(campaign.counts.confirmed).toBeGreaterThan(0)
  })
})
