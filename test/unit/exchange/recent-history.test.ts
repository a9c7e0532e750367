import { fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { Binding, Destination } from '../../../src/exchange/exchange.ts'
import { RecentHistoryMatcher } from '../../../src/exchange/recent-history.ts'
import { Route } from '../../../src/exchange/route.ts'
import type { Message } from '../../../src/message/message.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

const MIB = 1024 * 1024
const destination = { kind: 'queue', name: 'q' } as Destination
const binding = { destination, routingKey: '', arguments: new Map() } as unknown as Binding

class Fixture {
  readonly matcher: RecentHistoryMatcher
  readonly #delivered: Message[] = []

  constructor(length: number) {
    const history = fieldTableFromObject({ 'x-recent-history-length': length })
    this.matcher = new RecentHistoryMatcher(history, (_, message) => this.#delivered.push(message))
  }

  publish(...messages: readonly Message[]): void {
    for (const message of messages) this.matcher.match('', undefined, new Route(), message)
  }

  /** What a queue gets that is bound now. */
  history(): Message[] {
    this.#delivered.length = 0
    this.matcher.add(binding)
    return [...this.#delivered]
  }
}

const sizesOf = (messages: readonly Message[]): number[] => messages.map(({ bodySize }) => bodySize)

describe('an x-recent-history exchange', () => {
  it('keeps no more than 16 MiB of messages', () => {
    const fixture = new Fixture(1000)
    for (let count = 0; count < 40; count++) fixture.publish(sampleMessage(Buffer.alloc(MIB)))
    expect(fixture.history().length).toBe(15)
    fixture.publish(sampleMessage('small'))
    expect(fixture.history().length).toBe(16)
    fixture.publish(sampleMessage(Buffer.alloc(15 * MIB)))
    expect(sizesOf(fixture.history())).toEqual([5, 15 * MIB])
    fixture.publish(sampleMessage(Buffer.alloc(17 * MIB)))
    expect(fixture.history()).toEqual([])
    fixture.publish(sampleMessage('next'))
    expect(sizesOf(fixture.history())).toEqual([4])
  })

  it('keeps no more than 65,536 messages, however small they are', () => {
    const fixture = new Fixture(1_000_000)
    const message = sampleMessage('')
    for (let count = 0; count < 70_000; count++) fixture.publish(message)
    expect(fixture.history().length).toBeLessThanOrEqual(65_536)
  })

  it('can be bound to itself', () => {
    const length = fieldTableFromObject({ 'x-recent-history-length': 3 })
    let deliveries = 0
    const matcher: RecentHistoryMatcher = new RecentHistoryMatcher(length, (_, message) => {
      deliveries++
      matcher.match('', undefined, new Route(), message)
    })
    for (const body of ['a', 'b']) matcher.match('', undefined, new Route(), sampleMessage(body))
    matcher.add(binding)
    expect(deliveries).toBe(2)
  })

  it('keeps messages without the chunk that they came in', () => {
    const fixture = new Fixture(10)
    const message = sampleMessage('body', { chunkBytes: 64 * 1024 })
    fixture.publish(message)
    const [kept] = fixture.history()
    expect(kept?.buffer.buffer.byteLength).toBeLessThan(4096)
    expect(bodyOf(kept as Message).toString()).toBe('body')
  })

  it('keeps nothing of a route that is only asked for', () => {
    const fixture = new Fixture(10)
    fixture.matcher.match('', undefined, new Route())
    expect(fixture.history()).toEqual([])
  })
})
