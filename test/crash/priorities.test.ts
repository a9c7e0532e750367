import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { brokersWithPriorities, type Choice } from './broker/brokers.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'

const QUEUES = ['urgent', 'more urgent']
const MOST_PRIORITY = 5

async function keepsItsPromises(choice: Choice): Promise<void> {
  const campaign = new Campaign(await choice.in(temporaryDirectory()), seed, {
    queues: QUEUES,
    queueArguments: { 'x-max-priority': MOST_PRIORITY },
  })
  const { random, routes } = campaign
  const fashion = { routes, mostBodyBytes: 500, transientShare: 0.05, mostPriority: MOST_PRIORITY }
  for (let round = 1; round <= rounds(8); round++) {
    await campaign.round({
      work: async (open) => {
        const session = await open()
        for (const queue of QUEUES) {
          const shares = { requeueShare: 0.01, keepShare: 0.01, upheavalShare: 0.001 }
          if (random.chance(0.7)) await Consumer.start(session, queue, { ...POLITE, ...shares })
        }
        await Publisher.start(session, { fashion, window: 300, quota: 5000 })
      },
      events: random.magnitude(100, 10_000),
    })
  }
  await campaign.drain()
  await campaign.drain()
  expect(campaign.counts.confirmed).toBeGreaterThan(0)
}

describe(`a broker that is killed with priorities in its queues (CRASH_SEED=${seed})`, () => {
  it.each(brokersWithPriorities)('keeps its promises: $name', keepsItsPromises)
})
