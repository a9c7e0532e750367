import { setTimeout as passed } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { CANNOT_MOUNT, smallFilesystem } from '../contract/small-filesystem.ts'
import { Leveret } from './broker/leveret.ts'
import { Campaign } from './campaign.ts'
import { seed } from './effort.ts'
import { Consumer, POLITE } from './traffic/consumer.ts'
import { Publisher } from './traffic/publisher.ts'
import type { Session } from './traffic/session.ts'

const MEBIBYTES = 32
const FILLINGS = 3
const PATIENCE_MS = 60_000

const why = CANNOT_MOUNT === undefined ? '' : `, skipped: ${CANNOT_MOUNT}`

async function eventually(what: string, isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isSo(); await passed(5)) {
    if (Date.now() > end) throw new Error(`waited ${PATIENCE_MS} ms until ${what}`)
  }
}

/** Whether it was told so, at its next publish: of itself it may have nothing more to send. */
function isHeld(publisher: Publisher, { client }: Session): boolean {
  publisher.pump()
  return client.isBlocked
}

describe.skipIf(CANNOT_MOUNT !== undefined)(
  `a broker with ${MEBIBYTES} MiB of disk (CRASH_SEED=${seed}${why})`,
  () => {
    it('that it must leave a part of blocks publishers, serves consumers, and loses nothing', () =>
      fillAndEmpty('4MB'))

    it('all of which it may fill does so too', () => fillAndEmpty('0'))

    async function fillAndEmpty(limit: string): Promise<void> {
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
            await eventually(`publishers are blocked the ${filling}. time`, () =>
              isHeld(publisher, publishing),
            )
            const confirmed = publisher.confirmedCount
            const consumer = await Consumer.start(await open(), 'full', POLITE)
            await eventually(
              `publishers go on the ${filling}. time`,
              () => publisher.confirmedCount > confirmed + 100,
            )
            consumer.cancel()
          }
          await eventually('publishers are blocked again', () => isHeld(publisher, publishing))
        },
      })
      await campaign.drain()
      await campaign.drain()
      expect(campaign.counts.confirmed).toBeGreaterThan(100 * FILLINGS)
    }
  },
)
