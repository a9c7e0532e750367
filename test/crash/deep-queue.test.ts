import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { brokersOfDeepQueues } from './broker/brokers.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'

const DEPTH = 100_000

describe(`a broker that is killed with a deep queue (CRASH_SEED=${seed})`, () => {
  it.each(brokersOfDeepQueues)('keeps its promises: $name', async (choice) => {
    const campaign = new Campaign(await choice.in(temporaryDirectory()), seed, { queues: ['deep'] })
    const { random, routes } = campaign
    const fashion = { routes, mostBodyBytes: 300, transientShare: 0.02 }
    const publish = { fashion, window: 5000, quota: DEPTH }
    await campaign.round({
      work: async (open) => void (await Publisher.start(await open(), publish)),
      events: DEPTH,
    })
    for (let round = 1; round <= rounds(4); round++) {
      await campaign.round({
        work: async (open) => {
          const manners = { ...POLITE, prefetchCount: 500, requeueShare: 0.001, keepShare: 0.01 }
          await Consumer.start(await open(), 'deep', manners)
          await Consumer.start(await open(), 'deep', { ...manners, upheavalShare: 0.0005 })
          await Publisher.start(await open(), {
            fashion,
            window: 100,
            quota: 5000,
          })
        },
        events: random.between(5000, 20_000),
      })
    }
    await campaign.drain()
    await campaign.drain()
    expect(campaign.counts.confirmed).toBeGreaterThan(DEPTH / 2)
  })
})
