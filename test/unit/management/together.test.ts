import { describe, expect, it } from 'vitest'
import { together } from '../../../src/management/cluster/together.ts'

describe('what several nodes say of the same', () => {
  it.each([
    ['numbers are added', 1, 2, 3],
    ['what only one of them has stays', undefined, { rate: 1 }, { rate: 1 }],
    ['null gives way', null, 'tag', 'tag'],
    ['of words there is the first', 'running', 'down', 'running'],
    [
      'figures are added one by one',
      { publish: 1, publish_details: { rate: 0.2 } },
      { publish: 2, publish_details: { rate: 0.4 }, ack: 5 },
      { publish: 3, publish_details: { rate: 0.2 + 0.4 }, ack: 5 },
    ],
    [
      'samples are added pair by pair, at the times of the first',
      [
        { sample: 3, timestamp: 20 },
        { sample: 1, timestamp: 10 },
      ],
      [{ sample: 7, timestamp: 21 }],
      [
        { sample: 10, timestamp: 20 },
        { sample: 1, timestamp: 10 },
      ],
    ],
    ['lists are joined', [{ node: 'a' }], [{ node: 'b' }], [{ node: 'a' }, { node: 'b' }]],
    [
      'what goes to the same queue is added',
      [{ stats: { publish: 1 }, queue: { name: 'q', vhost: '/' } }],
      [
        { stats: { publish: 2 }, queue: { name: 'q', vhost: '/' } },
        { stats: { publish: 4 }, queue: { name: 'r', vhost: '/' } },
      ],
      [
        { stats: { publish: 3 }, queue: { name: 'q', vhost: '/' } },
        { stats: { publish: 4 }, queue: { name: 'r', vhost: '/' } },
      ],
    ],
  ])('%s', (_, one, other, expected) => {
    expect(together(one, other)).toEqual(expected)
  })
})
