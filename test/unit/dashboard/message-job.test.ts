import { describe, expect, it } from 'vitest'
import { MessageJob } from '../../../src/dashboard/board/message-job.ts'
import type { QueueRequests } from '../../../src/dashboard/board/queue-requests.ts'
import type { ShownMessage } from '../../../src/dashboard/board/shown-message.ts'

const MESSAGE: ShownMessage = {
  id: '0-0',
  state: 'ready',
  position: 0,
  payload_bytes: 0,
  redelivered: false,
  exchange: '',
  routing_key: 'q',
  properties: {},
  payload: '',
  payload_encoding: 'string',
  truncated: false,
}

const REQUESTS = {} as QueueRequests

function dead(death: Record<string, unknown>) {
  const properties = { headers: { 'x-death': [death] } }
  return new MessageJob({ ...MESSAGE, properties, death }, 'failed', REQUESTS).toJSON()
}

describe('a dead letter', () => {
  it('says why, where and when it died', () => {
    const death = {
      reason: 'expired',
      queue: 'orders',
      exchange: 'x',
      count: 2,
      time: 1_000_000_000,
      'routing-keys': ['a', 'b'],
    }
    expect(dead(death)).toMatchObject({
      failedReason: 'expired in queue orders',
      finishedOn: 1_000_000_000_000,
      stacktrace: [
        'expired in queue orders, 2 times, it came by exchange "x", with routing key "a", "b", first at 2001-09-09T01:46:40.000Z',
      ],
    })
  })

  it.each([
    { time: 9e15 },
    { time: 'now', count: { toString: 1 } },
    { reason: { toString: 1 }, queue: { toString: 1 }, exchange: { toString: 1 } },
    { 'routing-keys': [{ toString: 1 }, null, 5] },
    { reason: 'constructor', queue: '__proto__' },
  ])('is shown, whatever a client says of its death: %j', (death) => {
    const { failedReason, stacktrace, finishedOn } = dead(death)
    expect(failedReason).toMatch(/ in queue /)
    expect(stacktrace).toHaveLength(1)
    expect(String(failedReason)).not.toContain('[native code]')
    expect(finishedOn).toBeUndefined()
  })
})

describe('a message', () => {
  it.each([9_007_199_254_740_991, -9e15, 8.65e12])(
    'with a timestamp of %d, when no date is, is shown as one without',
    (timestamp) => {
      const far = { ...MESSAGE, properties: { timestamp }, expires_at: 9e15, due_at: 9e15 }
      const shown = new MessageJob(far, 'waiting', REQUESTS).toJSON()
      expect(Math.abs((shown.timestamp as number) - Date.now())).toBeLessThan(60_000)
      expect(shown.progress).not.toHaveProperty('expires_at')
    },
  )
})
