import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { brokersOfDeepQueues } from './broker/brokers.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'

const PASSING = 50_000

describe(`a broker that is killed while some messages stay behind (CRASH_SEED=${seed})`, () => {
  it.each(brokersOfDeepQueues)('keeps its promises: $name', async (choice) => {
    const campaign = new Campaign(await choice.in(temporaryDirectory()), seed, {
      queues: ['straits'],
    })
    const { routes } = campaign
    const fashion = { routes, mostBodyBytes: 200, transientShare: 0 }
    for (let round = 1; round <= rounds(2); round++) {
      await campaign.round({
        work: async (open) => {
          const session = await open()
          const manners = { ...POLITE, prefetchCount: 1000, stragglerCount: round }
          await Consumer.start(session, 'straits', manners)
          const publish = { fashion, window: 1000, quota: PASSING }
          await Publisher.start(session, publish)
        },
        // A confirm and a delivery each.
        events: 2 * PASSING,
      })
    }
    await campaign.drain()
    await campaign.drain()
    const { counts } = campaign
    expect(counts['known to be settled in']).toBeGreaterThan(PASSING / 2)
    expect(counts['returned by a lost consumer to']).toBeGreaterThan(0)
  })
})
