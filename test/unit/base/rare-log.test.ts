import { expect, it } from 'vitest'
import { RareLog } from '../../../src/base/rare-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

it('writes one line in ten seconds, which says how many were left out', () => {
  const clock = new FakeClock()
  const logger = new RecordingLogger()
  const log = new RareLog(logger, clock)
  log.warn({ n: 1 }, 'Wrong')
  expect(logger.take()).toEqual([['warn', 'Wrong', { n: 1 }]])
  log.warn({ n: 2 }, 'Wrong')
  clock.advance(9999)
  log.warn({ n: 3 }, 'Wrong')
  expect(logger.take()).toEqual([])
  clock.advance(1)
  log.warn({ n: 4 }, 'Wrong')
  expect(logger.take()).toEqual([['warn', 'Wrong', { n: 4, leftOut: 2 }]])
  clock.advance(10_000)
  log.warn({ n: 5 }, 'Wrong')
  expect(logger.take()).toEqual([['warn', 'Wrong', { n: 5 }]])
})
