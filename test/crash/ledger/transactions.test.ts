import { describe, expect, it } from 'vitest'
import type { Entry } from './copy.ts'
import { Tale } from './tale.ts'

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
