import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Delivery } from '../../../src/channel/delivery.ts'
import { UnackedList } from '../../../src/channel/unacked-list.ts'

type Operation =
  /** Tags in between went to consumers that do not acknowledge. */
  | { readonly do: 'push'; readonly count: number; readonly gap: number }
  | { readonly do: 'take' | 'takeUpTo' | 'visitNew'; readonly tag: number }
  | { readonly do: 'takeAll' | 'putBack' }

/** In percent of all tags so far; a little beyond both ends is asked for too. */
const tag = fc.integer({ min: -5, max: 105 })
const onTag = (what: 'take' | 'takeUpTo' | 'visitNew') => fc.record({ do: fc.constant(what), tag })

const operations = fc.array(
  fc.oneof<fc.WeightedArbitrary<Operation>[]>(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('push' as const),
        count: fc.integer({ min: 1, max: 40 }),
        gap: fc.oneof(fc.constant(0), fc.nat({ max: 5 })),
      }),
    },
    { weight: 12, arbitrary: onTag('take') },
    { weight: 3, arbitrary: onTag('takeUpTo') },
    { weight: 3, arbitrary: onTag('visitNew') },
    { weight: 2, arbitrary: fc.constant({ do: 'putBack' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'takeAll' as const }) },
  ),
  { maxLength: 100, size: 'max' },
)

/** The list looks at no more of a delivery than its tag. */
const delivery = (deliveryTag: number) => ({ deliveryTag }) as Delivery
const tagsOf = (deliveries: Iterable<Delivery>) => [...deliveries].map((one) => one.deliveryTag)

it('finds and takes deliveries by tag, as a sorted array of tags does', () => {
  fc.assert(
    fc.property(operations, (history) => {
      const list = new UnackedList()
      let model: number[] = []
      let taken: number[] = []
      let unvisited: number[] = []
      let lastTag = 0

      const remove = (tags: readonly number[]) => {
        model = model.filter((one) => !tags.includes(one))
        unvisited = unvisited.filter((one) => !tags.includes(one))
        taken.push(...tags)
      }

      for (const operation of history) {
        const asked = 'tag' in operation ? Math.round((operation.tag * lastTag) / 100) : 0
        switch (operation.do) {
          case 'push':
            for (let n = 0; n < operation.count; n++) {
              lastTag += 1 + operation.gap
              list.push(delivery(lastTag))
              model.push(lastTag)
              unvisited.push(lastTag)
            }
            break
          case 'take': {
            const isThere = model.includes(asked)
            expect(list.take(asked)?.deliveryTag).toBe(isThere ? asked : undefined)
            if (isThere) remove([asked])
            break
          }
          case 'takeUpTo': {
            const expected = model.includes(asked) ? model.filter((one) => one <= asked) : []
            const into: Delivery[] = []
            expect(list.takeUpTo(asked, into)).toBe(model.includes(asked))
            expect(tagsOf(into)).toEqual(expected)
            remove(expected)
            break
          }
          case 'visitNew': {
            const visited: number[] = []
            list.visitNew(asked, ({ deliveryTag }) => visited.push(deliveryTag))
            // Some may come twice, when the list was built anew; none may be left out.
            expect(visited.filter((one) => one > asked || !model.includes(one))).toEqual([])
            const due = unvisited.filter((one) => one <= asked)
            expect(visited).toEqual(expect.arrayContaining(due))
            unvisited = unvisited.filter((one) => one > asked)
            break
          }
          case 'takeAll': {
            const into: Delivery[] = []
            list.takeAll(into)
            expect(tagsOf(into)).toEqual(model)
            remove(model)
            break
          }
          case 'putBack': {
            // Every other one, and in no order.
            const back = taken.filter((_, index) => index % 2 === 0).reverse()
            list.putBack(back.map(delivery))
            model = [...model, ...back].sort((a, b) => a - b)
            unvisited = [...unvisited, ...back]
            taken = []
            break
          }
          default:
            operation satisfies never
        }
        expect(tagsOf(list)).toEqual(model)
        expect(list.length).toBe(model.length)
      }
    }),
    { numRuns: 300 },
  )
})
