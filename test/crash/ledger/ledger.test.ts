import { describe, expect, it } from 'vitest'
import { Tale } from './tale.ts'

describe('the ledger, of messages that were confirmed', () => {
  it('misses one that does not come', () => {
    const tale = new Tale()
    tale.confirmed('q')
    const second = tale.confirmed('q')
    tale.kill()
    tale.ack(second)
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['lost'])
    expect(tale.ledger.violations[0]?.story).toEqual([
      '#0 0/1 published to q on connection 1',
      '#1 0/1 confirmed on connection 1',
      '#4 the broker was killed',
    ])
  })

  it('misses one that was held, or requeued, or acked without anything being confirmed later', () => {
    for (const settle of ['hold', 'requeue', 'ack'] as const) {
      const tale = new Tale()
      const entry = tale.confirmed('q')
      const copy = tale.deliver(entry)
      if (settle !== 'hold') tale.subscription('q')[settle](copy)
      tale.kill()
      tale.ledger.emptied()
      expect(tale.rules).toEqual(settle === 'ack' ? [] : ['lost'])
    }
  })

  it('misses one in one of its queues', () => {
    const tale = new Tale()
    const entry = tale.confirmed('q', 'r')
    tale.kill()
    tale.ack(entry, 'r')
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['lost'])
  })

  it('misses one that is lost without a restart, transient or not', () => {
    const tale = new Tale()
    tale.connection.confirmed(tale.lane.publish({ queues: ['q'], isPersistent: false }))
    tale.confirmed('q')
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['lost', 'lost'])
  })

  it('misses one that was not confirmed, when it had come after an earlier restart', () => {
    const tale = new Tale()
    const entry = tale.publish('q')
    tale.kill()
    tale.deliver(entry)
    tale.kill()
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['lost'])
  })

  it('takes those that were not confirmed or are transient, there or not', () => {
    const tale = new Tale()
    const there = tale.publish('q')
    tale.publish('q')
    tale.connection.confirmed(tale.lane.publish({ queues: ['q'], isPersistent: false }))
    tale.connection.refused(tale.publish('q'))
    tale.kill()
    tale.ack(there)
    tale.ledger.emptied()
    expect(tale.rules).toEqual([])
  })

  it('wants none of the transient ones back', () => {
    const tale = new Tale()
    const entry = tale.lane.publish({ queues: ['q'], isPersistent: false })
    tale.connection.confirmed(entry)
    tale.kill()
    tale.comes(entry)
    expect(tale.rules).toEqual(['resurrected'])
  })
})

describe('the ledger, of messages that come again', () => {
  it('wants none back whose ack was sent before something that was confirmed', () => {
    const tale = new Tale()
    const entry = tale.confirmed('q')
    tale.ack(entry)
    tale.confirmed('r')
    tale.kill()
    tale.comes(entry)
    expect(tale.rules).toEqual(['resurrected'])
    expect(tale.ledger.violations[0]?.story).toContain(
      '#6 0/1 known to be settled in q on connection 1',
    )
  })

  it('takes one back whose ack was sent after it, or on another connection', () => {
    const tale = new Tale()
    const [entry, other] = [tale.confirmed('q'), tale.confirmed('r')]
    const elsewhere = tale.ledger.connect().subscribe('r')
    const copy = elsewhere.deliver(other.lane, other.number, false)
    if (copy !== undefined) elsewhere.ack(copy)
    const witness = tale.publish('s')
    tale.ack(entry)
    tale.connection.confirmed(witness)
    tale.kill()
    tale.deliver(entry, 'q')
    tale.deliver(other, 'r', true)
    expect(tale.rules).toEqual([])
  })

  it('learns nothing from a confirm of what need not be stored', () => {
    const tale = new Tale()
    const entry = tale.confirmed('q')
    tale.ack(entry)
    const consumed = tale.publish('q')
    tale.ack(consumed)
    tale.connection.confirmed(consumed)
    tale.connection.confirmed(tale.lane.publish({ queues: ['q'], isPersistent: false }))
    tale.confirmed()
    tale.kill()
    tale.deliver(entry)
    expect(tale.rules).toEqual([])
  })

  it('learns of one queue only, where each has a journal', () => {
    const tale = new Tale('a journal a queue')
    const [first, second] = [tale.confirmed('q'), tale.confirmed('r')]
    tale.ack(first, 'q')
    tale.ack(second, 'r')
    tale.confirmed('r')
    tale.kill()
    tale.deliver(first, 'q')
    expect(tale.rules).toEqual([])
    tale.comes(second, 'r')
    expect(tale.rules).toEqual(['resurrected'])
  })

  it('wants none twice that is held or acked', () => {
    const tale = new Tale()
    const [held, acked] = [tale.confirmed('q'), tale.confirmed('r')]
    tale.deliver(held, 'q')
    tale.comes(held, 'q')
    tale.ack(acked, 'r')
    tale.comes(acked, 'r')
    expect(tale.rules).toEqual(['doubled', 'doubled'])
  })

  it('wants none that was never published, or not to that queue', () => {
    const tale = new Tale()
    const entry = tale.confirmed('q')
    tale.comes({ ...entry, number: 2 }, 'q', false)
    tale.comes(entry, 'r', false)
    expect(tale.rules).toEqual(['unknown', 'unknown'])
  })
})

describe('the ledger, of the mark of redelivery', () => {
  it('wants it on what was requeued, and on what a lost consumer held', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    tale.requeue(first)
    tale.deliver(first)
    expect(tale.rules).toEqual(['unmarked'])
    const other = tale.ledger.connect()
    const subscription = other.subscribe('q')
    subscription.deliver(second.lane, second.number, false)
    tale.ledger.disconnected(other)
    tale.deliver(second)
    expect(tale.rules).toEqual(['unmarked', 'unmarked'])
  })

  it('wants it after a restart when something was confirmed that was sent after the delivery', () => {
    const tale = new Tale()
    const [first, second, third] = [tale.confirmed('q'), tale.confirmed('q'), tale.confirmed('q')]
    tale.deliver(first)
    const witness = tale.publish('r')
    tale.deliver(second)
    tale.connection.confirmed(witness)
    tale.deliver(third)
    tale.kill()
    tale.deliver(first)
    expect(tale.rules).toEqual(['unmarked'])
    tale.deliver(second)
    tale.deliver(third, 'q', true)
    expect(tale.rules).toEqual(['unmarked'])
  })

  it('wants it on all that was delivered when the broker was stopped in order', () => {
    const tale = new Tale()
    const entry = tale.confirmed('q')
    tale.deliver(entry)
    tale.kill('stopped')
    tale.deliver(entry)
    expect(tale.rules).toEqual(['unmarked'])
  })

  it('does not want it because of what was confirmed, or stored in order, in a later life', () => {
    for (const how of ['killed', 'stopped'] as const) {
      const tale = new Tale()
      const entry = tale.confirmed('q')
      tale.deliver(entry)
      tale.kill()
      tale.confirmed('r')
      tale.kill(how)
      tale.deliver(entry)
      expect(tale.rules).toEqual([])
    }
  })

  it('does not want it on what nobody can have had', () => {
    const tale = new Tale()
    const before = tale.confirmed('q')
    tale.kill()
    tale.deliver(before, 'q', true)
    const after = tale.confirmed('q')
    tale.deliver(after, 'q', true)
    expect(tale.rules).toEqual(['marked'])
  })
})

describe('the ledger, of order', () => {
  it('wants messages in the order of their publishing', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    tale.deliver(second)
    tale.deliver(first)
    expect(tale.rules).toEqual(['reordered'])
  })

  it('wants that after a restart of those that were delivered before, too', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    tale.requeue(first)
    tale.deliver(second)
    tale.deliver(first, 'q', true)
    expect(tale.rules).toEqual([])
    tale.kill()
    tale.deliver(second, 'q', true)
    tale.deliver(first, 'q', true)
    expect(tale.rules).toEqual(['reordered'])
  })

  it('knows nothing of the order between channels, or between consumers that share a queue', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    const other = tale.connection.lane().publish({ queues: ['q'] })
    tale.deliver(other)
    tale.deliver(second)
    tale.connection.subscribe('q').deliver(first.lane, first.number, false)
    expect(tale.rules).toEqual([])
  })

  it('wants it from consumers that follow each other', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    tale.ack(second)
    tale.subscription('q').leaving()
    tale.connection.unsubscribe(tale.subscription('q'))
    tale.connection.subscribe('q').deliver(first.lane, first.number, false)
    expect(tale.rules).toEqual(['reordered'])
  })

  it('takes what may have been on its way to a consumer that was lost', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    const other = tale.ledger.connect()
    other.subscribe('q')
    tale.ledger.disconnected(other)
    tale.deliver(second)
    tale.deliver(first, 'q', true)
    expect(tale.rules).toEqual([])
  })

  it('takes what a consumer gives back before it is told that this is done, and not later', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    const leaver = tale.ledger.connect().subscribe('q')
    leaver.deliver(first.lane, first.number, false)
    leaver.leaving()
    tale.deliver(second, 'q', true)
    tale.deliver(first, 'q', true)
    leaver.left()
    expect(tale.rules).toEqual([])
    tale.deliver(tale.confirmed('q'), 'q', true)
    expect(tale.rules).toEqual(['marked'])
  })
})

describe('the ledger, of queues that are emptied', () => {
  it('takes or leaves what a purge was sent for, until something later was confirmed', () => {
    const tale = new Tale()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    tale.connection.purge('q')
    tale.kill()
    expect(tale.ledger.expectedCount('q')).toEqual({ least: 0, most: 2 })
    tale.ack(first)
    tale.connection.purge('q')
    tale.confirmed('r')
    tale.kill()
    tale.comes(second)
    expect(tale.rules).toEqual(['resurrected'])
  })

  it('wants nothing back of a queue that was deleted', () => {
    const tale = new Tale()
    const before = tale.confirmed('q')
    tale.connection.purge('q')
    tale.connection.deleted('q')
    const after = tale.confirmed('q')
    tale.kill()
    expect(tale.ledger.expectedCount('q')).toEqual({ least: 1, most: 1 })
    tale.comes(before)
    tale.ack(after)
    expect(tale.rules).toEqual(['resurrected'])
  })
})

describe('the ledger, of counts', () => {
  it('wants them between what must be there and what may be', () => {
    const tale = new Tale()
    tale.confirmed('q')
    tale.publish('q')
    tale.ack(tale.confirmed('q'))
    tale.kill()
    expect(tale.ledger.expectedCount('q')).toEqual({ least: 1, most: 3 })
    for (const told of [0, 1, 3, 4]) tale.ledger.counted('q', told)
    expect(tale.rules).toEqual(['miscounted', 'miscounted'])
  })

  it('wants them to be what comes', () => {
    const tale = new Tale()
    tale.confirmed('q')
    const [first] = [tale.publish('q'), tale.publish('q')]
    tale.kill()
    tale.ledger.counted('q', 2)
    tale.ack(first)
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['miscounted', 'lost'])
  })
})
