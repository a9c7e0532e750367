import { fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { Exchange } from '../../../src/exchange/exchange.ts'
import { FanoutMatcher } from '../../../src/exchange/fanout.ts'

function exchangeWith(declared: Parameters<typeof fieldTableFromObject>[0]): Exchange {
  const flags = { durable: false, autoDelete: false, internal: false }
  const properties = { type: 'fanout', ...flags, arguments: fieldTableFromObject(declared) }
  return new Exchange('e', properties, new FanoutMatcher())
}

describe('an alternate exchange', () => {
  it('comes from a policy, and goes with it', () => {
    const exchange = exchangeWith({})
    expect(exchange.alternateExchange).toBeUndefined()
    exchange.applyPolicy(new Map([['alternate-exchange', 'by policy']]))
    expect(exchange.alternateExchange).toBe('by policy')
    exchange.applyPolicy(new Map([['alternate-exchange', 'by another']]))
    expect(exchange.alternateExchange).toBe('by another')
    exchange.applyPolicy(new Map([['message-ttl', 1]]))
    expect(exchange.alternateExchange).toBeUndefined()
  })

  it('that was declared counts for more than a policy', () => {
    const exchange = exchangeWith({ 'alternate-exchange': 'declared' })
    exchange.applyPolicy(new Map([['alternate-exchange', 'by policy']]))
    expect(exchange.alternateExchange).toBe('declared')
    exchange.applyPolicy(new Map())
    expect(exchange.alternateExchange).toBe('declared')
  })
})
