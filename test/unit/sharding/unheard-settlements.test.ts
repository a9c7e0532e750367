import { expect, it } from 'vitest'
import { UnheardSettlements } from '../../../src/sharding/unheard-settlements.ts'

const QUEUE = 1

it('all that may not have been heard is late when the link ends, in its order', () => {
  const unheard = new UnheardSettlements()
  unheard.said('acknowledge', QUEUE, [1])
  unheard.sent({ sentBytes: 10, receivedBytes: 0 })
  unheard.said('acknowledge', QUEUE, [2])
  unheard.said('acknowledge', QUEUE, [3])
  unheard.sent({ sentBytes: 20, receivedBytes: 10 })
  unheard.said('reject', QUEUE, [4])
  unheard.addLate('requeue', QUEUE, [5])
  expect(unheard.late).toEqual([{ settlement: 'requeue', queue: QUEUE, places: [5] }])
  unheard.linkEnded()
  expect(unheard.takeLate()).toEqual([
    { settlement: 'acknowledge', queue: QUEUE, places: [2, 3] },
    { settlement: 'reject', queue: QUEUE, places: [4] },
    { settlement: 'requeue', queue: QUEUE, places: [5] },
  ])
  unheard.linkEnded()
  expect(unheard.late).toEqual([])
})

it('what comes back by itself is not told twice', () => {
  const unheard = new UnheardSettlements()
  unheard.said('requeue', QUEUE, [1])
  unheard.said('putBack', QUEUE, [2])
  unheard.said('deliver', QUEUE, [3])
  unheard.linkEnded()
  expect(unheard.late).toEqual([{ settlement: 'deliver', queue: QUEUE, places: [3] }])
})

it('what is lost is not settled', () => {
  const unheard = new UnheardSettlements()
  unheard.addLate('acknowledge', QUEUE, [1, 2])
  unheard.addLate('acknowledge', 2, [1])
  unheard.addLate('reject', QUEUE, [3])
  unheard.lost(QUEUE, [1, 3])
  expect(unheard.late).toEqual([
    { settlement: 'acknowledge', queue: QUEUE, places: [2] },
    { settlement: 'acknowledge', queue: 2, places: [1] },
  ])
})
