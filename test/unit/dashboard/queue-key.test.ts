import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DELIMITER, namesIn, queueKey } from '../../../src/dashboard/board/queue-key.ts'

describe('the key of a queue', () => {
  it('leads back to the queue, whatever it is called', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', '~', '%', '›', ' ', '{', '/', '2') }),
    )
    fc.assert(
      fc.property(name, name, (vhost, queue) => {
        expect(namesIn(queueKey({ vhost, name: queue }))).toEqual({ vhost, name: queue })
      }),
    )
  })

  it.each(['~ffffffff~ › x', '~61~ › x', 'a › b › c', 'a', ''])(
    'is not %j, which nothing is called',
    (key) => {
      expect(namesIn(key)).toBeUndefined()
    },
  )

  it('survives what browsers and bull-board do to URLs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const key = queueKey({ vhost: '/', name })
        expect(decodeURIComponent(decodeURIComponent(encodeURIComponent(key)))).toBe(key)
        expect(key.split(DELIMITER)).toHaveLength(2)
      }),
    )
  })

  it('is readable where the name is', () => {
    expect(queueKey({ vhost: '/', name: 'orders.new' })).toBe('/ › orders.new')
    expect(queueKey({ vhost: 'a › b', name: '100%' })).toBe('a ~203a~ b › 100~25~')
  })

  it('is nothing else', () => {
    expect(namesIn('orders')).toBeUndefined()
    expect(namesIn('a › b › c')).toBeUndefined()
  })
})
