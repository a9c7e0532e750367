import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { brokersThatMoveSafely } from './broker/brokers.ts'
import { rounds, seed } from './effort.ts'
import { Dying } from './scenario/dying.ts'
import { Random } from './traffic/random.ts'

const ROUNDS_A_DRAIN = 3
/** So many times as often, where nothing was confirmed before the broker was killed. */
const MOST_TIMES = 5

describe(`a broker that is killed while messages die (CRASH_SEED=${seed})`, () => {
  it.each(brokersThatMoveSafely)(
    'has each of them in one queue, or the other: $name',
    async (choice) => {
      const random = new Random(seed)
      const dying = new Dying(await choice.in(temporaryDirectory()), random)
      const { registry } = dying
      const isAnyConfirmed = (): boolean => registry.confirmedCount > 0
      const mostRounds = (): number => (isAnyConfirmed() ? 1 : MOST_TIMES) * rounds(9)
      for (let round = 1; round <= mostRounds(); round++) {
        await dying.round(random.magnitude(10, 10_000))
        if (round % ROUNDS_A_DRAIN === 0) expect(await dying.drain()).toEqual([])
      }
      expect(await dying.drain()).toEqual([])
      expect(isAnyConfirmed()).toBe(true)
      expect(registry.foundCounts.get('dead')).toBeGreaterThan(0)
    },
  )
})
