import { describe, expect, it, vi } from 'vitest'
import type { Fault } from '../support/faulty-journal.ts'
import { PowerlessBroker } from './broker/powerless.ts'
import { Campaign } from './campaign.ts'
import { rounds, seed } from './effort.ts'
import { busy, CHURNED } from './scenario/busy.ts'
import { Random } from './traffic/random.ts'

vi.mock('../../src/store/data-directory.ts', async () => {
  const { MemoryDirectory } = await import('./broker/memory-directory.ts')
  return { DataDirectory: MemoryDirectory }
})

const QUEUES = ['first', 'second', 'third']
const ROUNDS_A_DRAIN = 5

/** Uses the broker and ends it, over and over. */
async function campaign(broker: PowerlessBroker): Promise<void> {
  const campaign = new Campaign(broker, seed, { queues: QUEUES, volatile: CHURNED })
  const { random } = campaign
  for (let round = 1; round <= rounds(30); round++) {
    if (random.chance(0.2)) await campaign.killWhileStarting(random.between(1, 30))
    await campaign.round({
      work: (open) => busy(campaign, QUEUES, open),
      events: random.magnitude(1, 10_000),
      end: random.chance(0.1) ? 'stopped' : 'killed',
    })
    if (round % ROUNDS_A_DRAIN === 0) await campaign.drain()
  }
  await campaign.drain()
  await campaign.drain()
  const { confirmed = 0, 'known to be settled in': settled = 0 } = campaign.counts
  expect(Math.min(confirmed, settled)).toBeGreaterThan(0)
}

describe(`a broker that loses power, with all that was not flushed (CRASH_SEED=${seed})`, () => {
  it('keeps its promises', () => campaign(new PowerlessBroker()))

  it('keeps its promises with hardly any memory', () =>
    campaign(new PowerlessBroker({ messageMemoryBytes: 100_000 })))

  it('keeps its promises when its journal fails, is late and is torn', () => {
    const random = new Random(seed)
    const nextFault = (): Fault | undefined => {
      if (random.chance(0.05)) return 'delay'
      return random.chance(0.01) ? random.pick(['refuse', 'tear', 'doubt']) : undefined
    }
    return campaign(new PowerlessBroker({ nextFault, messageMemoryBytes: 1_000_000 }))
  })

  it.each([
    ['it confirms what it has not flushed', { durability: 'os' as const }],
    ['its disk forgets a record', { forgets: true }],
  ])('is found out when %s', async (_, options) => {
    await expect(campaign(new PowerlessBroker(options))).rejects.toThrow(
      /^(miscounted|lost|resurrected|torn|unmarked): /,
    )
  })
})
