import { expect, it } from 'vitest'
import { ClosableClock } from '../../../src/base/closable-clock.ts'
import { FakeClock } from '../../support/fake-clock.ts'

it('calls back until it is closed, and never after', () => {
  const fake = new FakeClock()
  const clock = new ClosableClock(fake)
  const called: string[] = []
  clock.every(10, () => called.push('a'))
  const stop = clock.every(10, () => called.push('b'))
  fake.advance(10)
  stop()
  fake.advance(10)
  expect(called).toEqual(['a', 'b', 'a'])
  clock.close()
  clock.every(10, () => called.push('c'))
  fake.advance(100)
  expect(called).toEqual(['a', 'b', 'a'])
  expect(fake.pendingCount).toBe(0)
  expect(clock.now()).toBe(fake.now())
  expect(clock.wallTime()).toBe(fake.wallTime())
})
