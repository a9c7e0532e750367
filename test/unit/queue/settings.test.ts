import { fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { priorityLevelsOf, queueSettings } from '../../../src/queue/settings.ts'

const settings = (
  queueArguments: Readonly<Record<string, unknown>>,
  policy: Readonly<Record<string, string | number>> = {},
) => queueSettings(fieldTableFromObject(queueArguments), new Map(Object.entries(policy)))

describe('the settings of a queue', () => {
  it('limit nothing unless something is said', () => {
    expect(settings({})).toMatchObject({
      messageTtlMs: Number.POSITIVE_INFINITY,
      expiresMs: Number.POSITIVE_INFINITY,
      maxLength: Number.POSITIVE_INFINITY,
      maxLengthBytes: Number.POSITIVE_INFINITY,
      overflow: 'drop-head',
      deadLetterExchange: undefined,
      deadLetterRoutingKey: undefined,
    })
  })

  it('have the lower limit of the argument and the policy', () => {
    expect(settings({ 'x-message-ttl': 5 }, { 'message-ttl': 9 }).messageTtlMs).toBe(5)
    expect(settings({ 'x-max-length': 9n }, { 'max-length': 0 }).maxLength).toBe(0)
    expect(settings({}, { expires: 7 }).expiresMs).toBe(7)
  })

  it('have the argument rather than the policy where neither is a limit', () => {
    const { deadLetterExchange, deadLetterRoutingKey } = settings(
      { 'x-dead-letter-exchange': '' },
      { 'dead-letter-exchange': 'other', 'dead-letter-routing-key': 'key' },
    )
    expect([deadLetterExchange, deadLetterRoutingKey]).toEqual(['', 'key'])
  })

  it('say nothing of priorities unless there are some', () => {
    const priorities = [{}, { 'x-max-priority': 0 }, { 'x-max-priority': 10 }]
    const levels = priorities.map((it) => priorityLevelsOf({ arguments: fieldTableFromObject(it) }))
    expect(levels).toEqual([1, 1, 11])
    expect(priorityLevelsOf({ arguments: new Map(), priorityLevels: 2 })).toBe(2)
  })
})
