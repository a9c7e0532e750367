import { describe, expect, it } from 'vitest'
import { resolveAmqpTarget } from '../../../../src/cli/bench/amqp-target.ts'

describe('where the broker speaks AMQP', () => {
  it('is where its management API is', () => {
    const url = 'http://u:p@[::1]:15672'
    expect(resolveAmqpTarget({ url, vhost: 'v' }, {})).toEqual({
      host: '::1',
      port: 5672,
      tls: false,
      user: 'u',
      password: 'p',
      vhost: 'v',
    })
  })

  it.each([
    ['amqp://host', ['host', 5672, false, 'guest', 'guest', '/']],
    ['amqps://a%40b:c%2F@host/', ['host', 5671, true, 'a@b', 'c/', '/']],
    ['amqp://a@host:1/%2Fx', ['host', 1, false, 'a', undefined, '/x']],
  ])('is at %s', (amqp, expected) => {
    const { host, port, tls, user, password, vhost } = resolveAmqpTarget({ amqp }, {})
    expect([host, port, tls, user, password, vhost]).toEqual(expected)
  })

  it('is in the environment', () => {
    const environment = { LEVERET_AMQP_URL: 'amqp://host:1', LEVERET_VHOST: 'v' }
    expect(resolveAmqpTarget({}, environment)).toMatchObject({ host: 'host', port: 1, vhost: 'v' })
  })

  it.each(['http://host', 'host', 'amqp://'])('cannot be %j', (amqp) => {
    expect(() => resolveAmqpTarget({ amqp }, {})).toThrow('--amqp: expected an address')
  })
})
