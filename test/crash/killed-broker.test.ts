import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { allBrokers } from './broker/brokers.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { busy, CHURNED } from './scenario/busy.ts'

const QUEUES = ['first', 'second', 'third', 'fourth']
/** Every so many rounds everything is taken out, and what is not there by then is lost. */
const ROUNDS_A_DRAIN = 5

describe(`a broker that is killed at full speed (CRASH_SEED=${seed})`, () => {
  it.each(allBrokers)('keeps its promises: $name', async (choice) => {
    const campaign = new Campaign(await choice.in(temporaryDirectory()), seed, {
      queues: QUEUES,
      volatile: CHURNED,
    })
    const { random } = campaign
    for (let round = 1; round <= rounds(10); round++) {
      if (random.chance(0.2)) await campaign.killWhileStarting(random.between(1, 300))
      await campaign.round({
        work: (open) => busy(campaign, QUEUES, open),
        events: random.magnitude(1, 20_000),
        end: random.chance(0.1) ? 'stopped' : 'killed',
      })
      if (round % ROUNDS_A_DRAIN === 0) await campaign.drain()
    }
    await campaign.drain()
    await campaign.drain()
    // A run in which nothing could have gone wrong proves nothing.
    const { confirmed = 0, 'known to be settled in': settled = 0 } = campaign.counts
    expect(Math.min(confirmed, settled)).toBeGreaterThan(0)
  })
})
