import { describe, expect, it } from 'vitest'
import { Alarms } from '../../../src/server/alarms.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

function start() {
  const logger = new RecordingLogger()
  const reasons: (string | null)[] = []
  const alarms = new Alarms(logger, (shortage) => reasons.push(shortage?.reason ?? null))
  return { alarms, logger, reasons }
}

describe('alarms', () => {
  it('name what is short in the words of RabbitMQ', () => {
    const { alarms, reasons } = start()
    alarms.set('memory', 'program', true)
    alarms.set('disk', 'program', true)
    alarms.set('memory', 'program', false)
    alarms.set('disk', 'program', false)
    expect(reasons).toEqual(['low on memory', 'low on disk & memory', 'low on disk', null])
  })

  it('tell nobody when nothing changes', () => {
    const { alarms, logger, reasons } = start()
    alarms.set('memory', 'program', false)
    alarms.set('memory', 'program', true)
    alarms.set('memory', 'program', true)
    expect(reasons).toEqual(['low on memory'])
    expect(logger.lines).toHaveLength(1)
  })

  it('last until all that say so have taken it back', () => {
    const { alarms, reasons } = start()
    alarms.set('disk', 'monitor', true)
    alarms.set('disk', 'journal', true)
    alarms.set('disk', 'monitor', false)
    alarms.set('disk', 'program', false)
    expect(reasons).toEqual(['low on disk'])
    alarms.set('disk', 'journal', false)
    expect(reasons).toEqual(['low on disk', null])
  })

  it('log each change with its figures', () => {
    const { alarms, logger } = start()
    alarms.set('disk', 'monitor', true, { freeBytes: 1 })
    alarms.set('memory', 'program', true)
    alarms.set('disk', 'monitor', false, { freeBytes: 9 })
    alarms.set('memory', 'program', false)
    const [disk, memory] = [
      { resource: 'disk', source: 'monitor' },
      { resource: 'memory', source: 'program' },
    ]
    const raised = 'Alarm raised, publishers are held back until it clears'
    const lasts = { freeBytes: 9, reason: 'low on memory' }
    expect(logger.lines).toEqual([
      ['warn', raised, { ...disk, freeBytes: 1 }],
      ['warn', raised, memory],
      ['info', 'Alarm cleared, but another one lasts', { ...disk, ...lasts }],
      ['info', 'Alarm cleared, publishers go on', memory],
    ])
  })
})
