import { setTimeout as passed } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CANNOT_MOUNT, smallFilesystem } from '../contract/small-filesystem.ts'
import { Leveret } from './broker/leveret.ts'
import { Campaign } from './campaign.ts'
import { seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'

const MEBIBYTES = 32
const FILLINGS = 3
const PATIENCE_MS = 60_000

const why = CANNOT_MOUNT === undefined ? '' : `, skipped: ${CANNOT_MOUNT}`

async function eventually(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isSo(); await passed(5)) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS} ms until ${what}`)
  }
}

describe.skipIf(CANNOT_MOUNT !== undefined)(
  `a broker with ${MEBIBYTES} MiB of disk (CRASH_SEED=${seed}${why})`,
  () => {
    it.each([
      ['that it must leave a part of', '4MB'],
      ['all of which it may fill', '0'],
    ])('%s blocks publishers, serves consumers, and loses nothing', async (_, limit) => {
      const directory = smallFilesystem(MEBIBYTES)
      const args = ['--disk-free-limit', limit, '--message-memory', '1MB']
      const broker = new Leveret({ directory, durability: 'disk', args })
      const campaign = new Campaign(broker, seed, { queues: ['full'] })
      const fashion = {
        routes: campaign.routes,
        leastBodyBytes: 1000,
        mostBodyBytes: 50_000,
        transientShare: 0.05,
      }
      await campaign.round({
        work: async (open) => {
          const publishing = await open()
          // There must always be something under way: who publishes nothing is not told.
          const publish = { fashion, window: 1_000_000, quota: 1_000_000 }
          const publisher = await Publisher.start(publishing, publish)
          for (let filling = 1; filling <= FILLINGS; filling++) {
            await eventually(
              `publishers are blocked the ${filling}. time`,
              () => publishing.client.isBlocked,
            )
            const confirmed = publisher.confirmedCount
            const consumer = await Consumer.start(await open(), 'full', POLITE)
            await eventually(
              `publishers go on the ${filling}. time`,
              () => publisher.confirmedCount > confirmed + 100,
            )
            consumer.cancel()
          }
          await eventually('publishers are blocked again', () => publishing.client.isBlocked)
        },
      })
      await campaign.drain()
      await campaign.drain()
      expect(campaign.counts.confirmed).toBeGreaterThan(100 * FILLINGS)
    })
  },
)
