import { expect, test } from 'vitest'
import type { Delivery } from '../../../src/channel/delivery.ts'
import { UnackedList } from '../../../src/channel/unacked-list.ts'

/** Deliveries that count how often anybody looks at the tag of one of them. */
class CountedTags {
  reads = 0

  delivery(deliveryTag: number): Delivery {
    const counted: Pick<Delivery, 'deliveryTag'> = Object.defineProperty(
      { deliveryTag: 0 },
      'deliveryTag',
      {
        get: () => {
          this.reads++
          return deliveryTag
        },
      },
    )
    return counted as Delivery
  }
}

test('putting a few back looks at those few, however many there are', () => {
  const tags = new CountedTags()
  const list = new UnackedList()
  for (let tag = 1; tag <= 10_000; tag++) list.push(tags.delivery(tag))
  tags.reads = 0
  for (const tag of [1, 5000, 10_000]) {
    const taken = list.take(tag)
    if (taken === undefined) throw new Error(`no delivery ${tag}`)
    list.putBack([taken])
  }
  expect(tags.reads).toBeLessThan(1000)
  expect(list.length).toBe(10_000)
})

test('what stays is visited once, some thousands at a time', () => {
  const list = new UnackedList()
  const count = 20_000
  for (let deliveryTag = 1; deliveryTag <= count; deliveryTag++) {
    list.push({ deliveryTag } as Delivery)
  }
  const visited: number[] = []
  let calls = 0
  for (let before = -1; visited.length > before; calls++) {
    before = visited.length
    list.visitNew(count, ({ deliveryTag }) => visited.push(deliveryTag))
    expect(visited.length - before).toBeLessThan(10_000)
  }
  expect(visited).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  expect(calls).toBeGreaterThan(2)
})
