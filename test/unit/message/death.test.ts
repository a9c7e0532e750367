// https://www.rabbitmq.com/docs/dlx#effects

import { type FieldTable, fieldTableFromObject, fieldTableToObject, readPriority } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { copyKeys } from '../../../src/message/copy-keys.ts'
import { isDeathCycle } from '../../../src/message/death.ts'
import { DeathWriter } from '../../../src/message/death-writer.ts'
import type { Message } from '../../../src/message/message.ts'
import { addressOf, bodyOf, sampleMessage } from '../../support/sample-message.ts'

const DLX = addressOf('dlx', 'dead')

/** One for all tests: what it wrote for one message must never be another's. */
const writer = new DeathWriter()

interface DeathSketch {
  readonly of?: string
  readonly reason?: string
  readonly timeSec?: number
  readonly isReaddressed?: boolean
}

function die(message: Message, sketch: DeathSketch = {}): Message {
  const { of = 'q', reason = 'rejected', timeSec = 100, isReaddressed = false } = sketch
  return writer.write(message, { queueName: of, reason, timeSec }, DLX, isReaddressed).message
}

const headersOf = (message: Message) => fieldTableToObject(message.headers as FieldTable)

/** What its history says, newest first. */
function historyOf(message: Message): string[] {
  const history = headersOf(message)['x-death'] as Record<string, string | number>[]
  return history.map(({ queue, reason, count }) => `${queue} ${reason} ${count}`)
}

describe('a message that has died', () => {
  it('says where, why, when, and how it had come there', () => {
    const dead = die(sampleMessage('body', { exchange: 'x', routingKey: 'key' }))
    expect(headersOf(dead)).toEqual({
      'x-death': [
        {
          count: 1,
          exchange: 'x',
          queue: 'q',
          reason: 'rejected',
          'routing-keys': ['key'],
          time: new Date(100_000),
        },
      ],
      'x-first-death-exchange': 'x',
      'x-first-death-queue': 'q',
      'x-first-death-reason': 'rejected',
      'x-last-death-exchange': 'x',
      'x-last-death-queue': 'q',
      'x-last-death-reason': 'rejected',
    })
    expect([dead.address.exchange, dead.address.routingKey]).toEqual(['dlx', 'dead'])
    expect(bodyOf(dead).toString()).toBe('body')
  })

  it('has all else that it had, and its old self has changed in nothing', () => {
    const headers = fieldTableFromObject({ mine: 1 })
    const properties = { contentType: 'text/plain', deliveryMode: 2, priority: 3, headers }
    const message = sampleMessage('body', { properties })
    const dead = die(message)
    expect(headersOf(dead)).toMatchObject({ mine: 1 })
    expect([dead.persistent, dead.bodySize, dead.isOneFrame]).toEqual([true, 4, true])
    expect(headersOf(message)).toEqual({ mine: 1 })
  })

  it('keeps a body of many frames', () => {
    const body = Buffer.alloc(10_000, 'b')
    const dead = die(sampleMessage(body, { frameMax: 4096 }))
    expect(bodyOf(dead).equals(body)).toBe(true)
  })

  it('does not expire a second time, and says when it did', () => {
    const dead = die(sampleMessage('', { properties: { expiration: '60' } }), { reason: 'expired' })
    expect(dead.mayExpire).toBe(false)
    expect(headersOf(dead)['x-death']).toMatchObject([{ 'original-expiration': '60' }])
  })

  it('says of further deaths which came last, and keeps the first', () => {
    const message = sampleMessage('', { exchange: 'x' })
    const twice = die(die(message), { of: 'other', reason: 'expired' })
    expect(historyOf(twice)).toEqual(['other expired 1', 'q rejected 1'])
    expect(headersOf(twice)).toMatchObject({
      'x-first-death-queue': 'q',
      'x-first-death-exchange': 'x',
      'x-last-death-queue': 'other',
      'x-last-death-reason': 'expired',
      'x-last-death-exchange': 'dlx',
    })
  })

  it('counts deaths of the same queue and reason, with what the first of them said', () => {
    let message = sampleMessage('', { exchange: 'x', routingKey: 'first' })
    for (const timeSec of [1, 2, 3]) {
      message = die(message, { timeSec })
      message = die(message, { of: 'other', timeSec })
    }
    expect(historyOf(message)).toEqual(['other rejected 3', 'q rejected 3'])
    expect(headersOf(message)['x-death']).toMatchObject([
      { exchange: 'dlx' },
      { exchange: 'x', 'routing-keys': ['first'], time: new Date(1000) },
    ])
    expect(historyOf(die(message, { reason: 'maxlen' }))[0]).toBe('q maxlen 1')
  })

  it('names its CC keys, and keeps them unless it has got another key', () => {
    const headers = fieldTableFromObject({ CC: ['one', 'two'] })
    const message = sampleMessage('', { routingKey: 'key', properties: { headers } })
    const kept = headersOf(die(message))
    expect(kept['CC']).toEqual(['one', 'two'])
    expect(kept['x-death']).toMatchObject([{ 'routing-keys': ['key', 'one', 'two'] }])
    expect(headersOf(die(message, { isReaddressed: true }))).not.toHaveProperty('CC')
  })

  it('begins a history of its own where a client has written something else', () => {
    for (const claimed of ['a text', 5, { queue: 'q' }]) {
      const headers = fieldTableFromObject({ 'x-death': claimed })
      const dead = die(sampleMessage('', { properties: { headers } }))
      expect(historyOf(dead)).toEqual(['q rejected 1'])
    }
  })

  it('keeps what a client has put into the list, behind its own', () => {
    const headers = fieldTableFromObject({ 'x-death': ['a text', { queue: 'q' }] })
    const dead = die(sampleMessage('', { properties: { headers } }))
    expect(headersOf(dead)['x-death']).toMatchObject([{ count: 1 }, 'a text', { queue: 'q' }])
  })

  it('counts on from what is no number as if it were one', () => {
    const headers = fieldTableFromObject({
      'x-death': [{ queue: 'q', reason: 'rejected', count: 'many' }],
    })
    expect(historyOf(die(sampleMessage('', { properties: { headers } })))).toEqual(['q rejected 2'])
  })

  it('forgets what is oldest when its history gets too long', () => {
    let message = sampleMessage('')
    for (let n = 0; n < 300; n++) message = die(message, { of: `q${n}`, reason: 'expired' })
    const history = historyOf(message)
    expect([history.length, history[0]]).toEqual([256, 'q299 expired 1'])
  })

  it('does not repeat more than 1,024 octets of its keys with each death', () => {
    const headers = fieldTableFromObject({ CC: Array.from({ length: 400 }, () => 'k'.repeat(250)) })
    const before = sampleMessage('', { routingKey: 'key', properties: { headers } })
    let message = before
    for (let n = 0; n < 10; n++) message = die(message, { of: `q${n}` })
    expect(message.headerFrameBytes - before.headerFrameBytes).toBeLessThan(12 * 1024)
    const keys = ['dead', ...new Array<string>(4).fill('k'.repeat(250))]
    const [newest] = headersOf(message)['x-death'] as { [name: string]: unknown }[]
    expect(newest?.['routing-keys']).toEqual(keys)
  })
})

describe('a way that a message goes round', () => {
  const following = (...deaths: (readonly [of: string, reason: string])[]) => {
    let message = sampleMessage('')
    for (const [of, reason] of deaths) message = die(message, { of, reason })
    return message.headers
  }

  it('is one when it comes back to a queue without anybody having rejected it', () => {
    const headers = following(['a', 'expired'], ['b', 'maxlen'], ['c', 'delivery_limit'])
    expect(['a', 'b', 'c', 'd'].map((queue) => isDeathCycle(headers, queue))).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  it('is none as far as somebody has rejected it since', () => {
    const headers = following(['a', 'expired'], ['b', 'rejected'], ['c', 'expired'])
    expect(['a', 'b', 'c'].map((queue) => isDeathCycle(headers, queue))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('is none when a client has had its hands in the history', () => {
    const deaths = [{ queue: 'c', reason: 'expired' }, 'what', { queue: 'a', reason: 'expired' }]
    const headers = fieldTableFromObject({ 'x-death': deaths })
    expect(['c', 'a'].map((queue) => isDeathCycle(headers, queue))).toEqual([true, false])
    expect(isDeathCycle(fieldTableFromObject({ 'x-death': 'a' }), 'a')).toBe(false)
    expect(isDeathCycle(undefined, 'a')).toBe(false)
  })

  it('is thought to be one when the history is too long to know', () => {
    const deaths: [string, string][] = []
    for (let n = 0; n < 300; n++) deaths.push([`q${n}`, 'maxlen'])
    expect(isDeathCycle(following(...deaths), 'q0')).toBe(true)
    expect(isDeathCycle(following(...deaths, ['q', 'rejected']), 'q0')).toBe(false)
  })
})

describe('further keys', () => {
  it('are the texts of CC and BCC, where these are lists', () => {
    const headers = fieldTableFromObject({ CC: ['a', 5, 'b'], BCC: ['c'] })
    expect(copyKeys(headers)).toEqual(['a', 'b', 'c'])
    expect([copyKeys(undefined), copyKeys(fieldTableFromObject({ CC: 'a' }))]).toEqual([[], []])
  })
})

describe('messages that die in the same queue', () => {
  const base = { exchange: 'x', routingKey: 'key' }
  const plain = () => sampleMessage('', base)
  const withHeader = (value: string) => {
    const headers = fieldTableFromObject({ mine: value })
    return sampleMessage('', { ...base, properties: { headers } })
  }
  const others: [what: string, message: Message, sketch: DeathSketch][] = [
    ['another reason', plain(), { reason: 'expired' }],
    ['another second', plain(), { timeSec: 101 }],
    ['another queue', plain(), { of: 'other' }],
    ['another key', sampleMessage('', { exchange: 'x', routingKey: 'other' }), {}],
    ['another exchange', sampleMessage('', { exchange: 'y', routingKey: 'key' }), {}],
    ['headers', withHeader('a'), {}],
    ['other headers', withHeader('b'), {}],
    ['a time', sampleMessage('', { ...base, properties: { expiration: '5' } }), {}],
    ['a history', die(plain()), {}],
    ['a longer history', die(die(plain(), { of: 'other' })), {}],
  ]

  it.each(others)('have each its own history, be it with %s', (_, message, sketch) => {
    die(plain())
    const after = die(message, sketch)
    const alone = new DeathWriter().write(
      message,
      {
        queueName: sketch.of ?? 'q',
        reason: sketch.reason ?? 'rejected',
        timeSec: sketch.timeSec ?? 100,
      },
      DLX,
      false,
    )
    expect(headersOf(after)).toEqual(headersOf(alone.message))
    expect(fieldTableToObject(alone.headers)).toEqual(headersOf(alone.message))
  })

  it('have each its own body and properties', () => {
    const one = die(sampleMessage('one', { ...base, properties: { messageId: '1' } }))
    const two = die(sampleMessage('two', { ...base, properties: { priority: 2 } }))
    expect([bodyOf(one).toString(), bodyOf(two).toString()]).toEqual(['one', 'two'])
    expect(headersOf(one)).toEqual(headersOf(two))
    const priorityOf = ({ buffer, headerStart, headerEnd }: Message) =>
      readPriority(buffer, headerStart, headerEnd)
    expect([priorityOf(one), priorityOf(two)]).toEqual([-1, 2])
  })
})
