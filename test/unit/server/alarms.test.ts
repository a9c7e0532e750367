import { describe, expect, it } from 'vitest'
import { Alarms } from '../../../src/server/alarms.ts'

describe('alarms', () => {
  it('name what is short in the words of RabbitMQ', () => {
    const alarms = new Alarms()
    expect(alarms.reason).toBeNull()
    alarms.set('disk', true)
    expect(alarms.reason).toBe('low on disk')
    alarms.set('memory', true)
    expect(alarms.reason).toBe('low on memory & disk')
    alarms.set('disk', false)
    expect(alarms.reason).toBe('low on memory')
    alarms.set('memory', false)
    expect(alarms.reason).toBeNull()
  })

  it('say whether anything changed', () => {
    const alarms = new Alarms()
    expect(alarms.set('memory', false)).toBe(false)
    expect(alarms.set('memory', true)).toBe(true)
    expect(alarms.set('memory', true)).toBe(false)
  })
})
