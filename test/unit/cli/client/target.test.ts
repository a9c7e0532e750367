import { describe, expect, it } from 'vitest'
import { apiPath, exchangeInPath } from '../../../../src/cli/client/api-path.ts'
import { keyValues } from '../../../../src/cli/client/key-values.ts'
import { resolveTarget } from '../../../../src/cli/client/target.ts'

describe('where the broker is', () => {
  it('is on this machine, with the user that there is at first', () => {
    expect(resolveTarget({}, {})).toEqual({
      baseUrl: 'http://127.0.0.1:15672',
      user: 'guest',
      password: 'guest',
    })
  })

  it.each([
    ['the address', { LEVERET_URL: 'https://a:b@host/prefix/' }, ['https://host/prefix', 'a', 'b']],
    ['encoded names', { LEVERET_URL: 'http://a%40b:p%2F%25@host' }, ['http://host', 'a@b', 'p/%']],
    ['a percent sign', { LEVERET_URL: 'http://a:100%@host' }, ['http://host', 'a', '100%']],
    [
      'variables of their own',
      { LEVERET_USER: 'u', LEVERET_PASSWORD: 'p' },
      ['http://127.0.0.1:15672', 'u', 'p'],
    ],
    [
      'variables rather than the address',
      { LEVERET_URL: 'http://a:b@host', LEVERET_USER: 'u', LEVERET_PASSWORD: 'p' },
      ['http://host', 'u', 'p'],
    ],
    [
      'no password of another user',
      { LEVERET_URL: 'http://a:b@host', LEVERET_USER: 'u' },
      ['http://host', 'u', undefined],
    ],
    [
      'nothing from empty ones',
      { LEVERET_URL: '', LEVERET_USER: '' },
      ['http://127.0.0.1:15672', 'guest', 'guest'],
    ],
  ])('is taken from the environment: %s', (_what, environment, expected) => {
    const { baseUrl, user, password } = resolveTarget({}, environment)
    expect([baseUrl, user, password]).toEqual(expected)
  })

  it('is what the command line says, whatever the environment does', () => {
    const environment = { LEVERET_URL: 'http://a:b@host', LEVERET_USER: 'u', LEVERET_PASSWORD: 'p' }
    expect(resolveTarget({ url: 'http://x:y@other:1' }, environment)).toEqual({
      baseUrl: 'http://other:1',
      user: 'x',
      password: 'y',
    })
    expect(resolveTarget({ url: 'http://other' }, { LEVERET_URL: 'http://a:b@host' })).toEqual({
      baseUrl: 'http://other',
      user: 'guest',
      password: 'guest',
    })
    expect(resolveTarget({ user: 'z' }, environment)).toMatchObject({ user: 'z', password: 'p' })
  })

  it.each(['localhost:15672', 'amqp://host', '::'])('cannot be %j', (url) => {
    expect(() => resolveTarget({ url }, {})).toThrow('--url: expected an address such as')
  })
})

describe('paths of the API', () => {
  it('have names encoded, and a word for the default exchange', () => {
    expect(apiPath`/queues/${'/'}/${'a/b ?%é'}`).toBe('/queues/%2F/a%2Fb%20%3F%25%C3%A9')
    expect(apiPath`/exchanges/${'/'}/${exchangeInPath('')}`).toBe('/exchanges/%2F/amq.default')
  })

  it.each(['', '.', '..'])('cannot have %j as a name', (name) => {
    expect(() => apiPath`/queues/${'/'}/${name}`).toThrow()
  })
})

describe('keys and values', () => {
  it('are JSON where they can be, and text otherwise', () => {
    expect(keyValues(['a=1', 'b=true', 'c=text', 'd={"e":[]}', 'f==', 'g='])).toEqual({
      a: 1,
      b: true,
      c: 'text',
      d: { e: [] },
      f: '=',
      g: '',
    })
  })

  it.each(['a', '=1'])('%j is neither', (given) => {
    expect(() => keyValues([given])).toThrow(`expected key=value, got "${given}"`)
  })
})
