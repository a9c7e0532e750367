import { describe, expect, it } from 'vitest'
import type { Connection } from './connection.ts'
import type { Entry } from './copy.ts'
import type { Lane } from './lane.ts'
import { Ledger } from './ledger.ts'
import type { Storage } from './stored-by-then.ts'
import type { Subscription } from './subscription.ts'

/** A history told by hand: one connection, one lane, a subscription to each queue. */
class Tale {
  readonly ledger: Ledger
  connection: Connection
  lane: Lane
  #subscriptions = new Map<string, Subscription>()

  constructor(storage: Storage = 'one journal') {
    this.ledger = new Ledger(storage)
    this.connection = this.ledger.connect()
    this.lane = this.connection.lane()
  }

  get rules(): string[] {
    return this.ledger.violations.map(({ rule }) => rule)
  }

  subscription(queue: string): Subscription {
    const subscription = this.#subscriptions.get(queue) ?? this.connection.subscribe(queue)
    this.#subscriptions.set(queue, subscription)
    return subscription
  }

  publish(...queues: string[]): Entry {
    return this.lane.publish({ queues })
  }

  confirmed(...queues: string[]): Entry {
    const entry = this.publish(...queues)
    this.lane.confirm(entry)
    return entry
  }

  deliver({ lane, number }: Entry, queue = 'q', redelivered = false) {
    const copy = this.subscription(queue).deliver(lane, number, redelivered)
    if (copy === undefined) throw new Error('the ledger knows no such message')
    return copy
  }

  /** The message comes where it must not. */
  comes({ lane, number }: Entry, queue = 'q', redelivered = true): void {
    this.subscription(queue).deliver(lane, number, redelivered)
  }

  ack(entry: Entry, queue = 'q', redelivered = false): void {
    this.subscription(queue).ack(this.deliver(entry, queue, redelivered))
  }

  requeue(entry: Entry, queue = 'q'): void {
    this.subscription(queue).requeue(this.deliver(entry, queue))
  }

  kill(how: 'killed' | 'stopped' = 'killed'): void {
    this.ledger.restarted(how)
    this.connection = this.ledger.connect()
    this.lane = this.connection.lane()
    this.#subscriptions = new Map()
  }
}

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
    tale.lane.confirm(tale.lane.publish({ queues: ['q'], isPersistent: false }))
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
    tale.lane.confirm(tale.lane.publish({ queues: ['q'], isPersistent: false }))
    tale.lane.refuse(tale.publish('q'))
    tale.kill()
    tale.ack(there)
    tale.ledger.emptied()
    expect(tale.rules).toEqual([])
  })

  it('wants none of the transient ones back', () => {
    const tale = new Tale()
    const entry = tale.lane.publish({ queues: ['q'], isPersistent: false })
    tale.lane.confirm(entry)
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
    tale.lane.confirm(witness)
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
    tale.lane.confirm(consumed)
    tale.lane.confirm(tale.lane.publish({ queues: ['q'], isPersistent: false }))
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
    tale.lane.confirm(witness)
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

describe('the ledger, of transactions', () => {
  /** A message each to q and r, and the ack of one in s. */
  function transaction(tale: Tale) {
    const acked = tale.confirmed('s')
    const transaction = tale.connection.transaction()
    const copy = tale.deliver(acked, 's')
    const publishes = ['q', 'r'].map((queue) => tale.lane.publish({ queues: [queue], transaction }))
    transaction.ack(copy)
    const [first, second] = publishes as [Entry, Entry]
    return { acked, transaction, first, second }
  }

  it('wants all of one that is committed', () => {
    const tale = new Tale()
    const { transaction: it, acked, second } = transaction(tale)
    it.commit()
    it.committed()
    tale.kill()
    tale.ack(second, 'r')
    tale.comes(acked, 's')
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['resurrected', 'lost'])
  })

  it('wants nothing of one that is not', () => {
    for (const end of ['rolled back', 'lost'] as const) {
      const tale = new Tale()
      const { transaction: it, acked, first, second } = transaction(tale)
      tale.comes(first, 'q', false)
      expect(tale.rules).toEqual(['premature'])
      if (end === 'rolled back') it.rolledBack()
      tale.kill()
      tale.comes(second, 'r')
      expect(tale.rules).toEqual(['premature', 'resurrected'])
      tale.ledger.emptied()
      expect(tale.rules).toEqual(['premature', 'resurrected', 'lost'])
      expect(tale.ledger.violations[2]?.text).toContain(`${acked.lane}/${acked.number} in s`)
    }
  })

  it('takes all or nothing of one whose commit was not answered', () => {
    const all = new Tale()
    const { transaction: committed, first, second } = transaction(all)
    committed.commit()
    all.kill()
    all.ack(first, 'q')
    all.ack(second, 'r')
    all.ledger.emptied()
    expect(all.rules).toEqual([])

    const nothing = new Tale()
    const { transaction: forgotten, acked } = transaction(nothing)
    forgotten.commit()
    nothing.kill()
    nothing.ack(acked, 's', true)
    nothing.ledger.emptied()
    expect(nothing.rules).toEqual([])
  })

  it('takes no part of it', () => {
    const parts = (come: (parts: ReturnType<typeof transaction>, tale: Tale) => void) => {
      const tale = new Tale()
      const all = transaction(tale)
      all.transaction.commit()
      tale.kill()
      come(all, tale)
      tale.ledger.emptied()
      return tale.rules
    }
    expect(parts(({ first }, tale) => tale.ack(first, 'q'))).toEqual(['lost'])
    const publishAndAcked = ['first', 'acked'] as const
    for (const one of publishAndAcked) {
      const other = one === 'first' ? 'acked' : 'first'
      const rules = parts((all, tale) => {
        tale.comes(all[one], one === 'first' ? 'q' : 's', one !== 'first')
        tale.comes(all[other], other === 'first' ? 'q' : 's', other !== 'first')
      })
      expect(rules[0]).toBe('torn')
    }
    expect(parts(() => {})).toEqual(['torn'])
  })

  it('takes no part of the acks of one that only acked', () => {
    const tale = new Tale()
    const transaction = tale.connection.transaction()
    const [first, second] = [tale.confirmed('q'), tale.confirmed('q')]
    for (const entry of [first, second]) transaction.ack(tale.deliver(entry))
    transaction.commit()
    tale.kill()
    tale.ack(second)
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['torn'])
  })

  it('wants no part of a publish to several queues, confirmed or not', () => {
    const tale = new Tale()
    const entry = tale.publish('q', 'r')
    tale.kill()
    tale.ack(entry, 'r')
    tale.ledger.emptied()
    expect(tale.rules).toEqual(['lost'])
  })

  it('takes parts where each queue has its journal', () => {
    const tale = new Tale('a journal a queue')
    const { transaction: it, first, acked } = transaction(tale)
    it.commit()
    tale.publish('q', 'r')
    tale.kill()
    tale.ack(first, 'q')
    tale.ack(acked, 's')
    tale.ledger.emptied()
    expect(tale.rules).toEqual([])
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
