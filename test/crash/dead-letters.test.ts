import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { brokersThatMoveSafely } from './broker/brokers.ts'
import { rounds, seed } from './effort.ts'
import { Dying } from './scenario/dying.ts'
import { Random } from './traffic/random.ts'

const ROUNDS_A_DRAIN = 3

describe(`a broker that is killed while messages die (CRASH_SEED=${seed})`, () => {
  it.each(brokersThatMoveSafely)(
    'has each of them in one queue, or the other: $name',
    async (choice) => {
      const random = new Random(seed)
      const dying = new Dying(await choice.in(temporaryDirectory()), random)
      for (let round = 1; round <= rounds(9); round++) {
        await dying.round(random.magnitude(10, 10_000))
        if (round % ROUNDS_A_DRAIN === 0) expect(await dying.drain()).toEqual([])
      }
      expect(await dying.drain()).toEqual([])
      const { confirmedCount, foundCounts } = dying.registry
      expect(confirmedCount).toBeGreaterThan(0)
      expect(foundCounts.get('dead')).toBeGreaterThan(0)
    },
  )
})
