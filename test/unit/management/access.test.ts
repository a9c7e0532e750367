// Who may ask for what: looked at for every route that there is.

import { describe, expect, it } from 'vitest'
import type { Right } from '../../../src/management/rights.ts'
import { ROUTES } from '../../../src/management/routes/all-routes.ts'
import { ManagedTestBroker } from './managed-broker.ts'
import { rawRequest } from './raw-http.ts'

/** A path that could be, for a route. */
const pathFor = (path: string): string =>
  path.replaceAll(/:[a-z]+/g, (name) => (name === ':vhost' ? '%2F' : 'x'))

const NOT_AUTHORIZED = { error: 'not_authorized', reason: 'Not_Authorized' }

describe('without credentials', () => {
  it('nothing is answered, on any path', async () => {
    const managed = await ManagedTestBroker.start()
    for (const { method, path } of ROUTES) {
      const { status, json, headers } = await managed.ask(pathFor(path), { method, as: null })
      expect({ path, status, json }).toEqual({ path, status: 401, json: NOT_AUTHORIZED })
      expect(headers.get('www-authenticate')).toBe('Basic realm="RabbitMQ Management"')
    }
    for (const path of ['/nothing', '', '/../etc/passwd', '/queues/%2F/%2e%2e']) {
      expect((await managed.ask(path, { as: null })).status).toBe(401)
    }
  })

  it.each(['guest:wrong', 'nobody:guest', 'guest:', ':', 'guest'])('as with %s', async (as) => {
    const managed = await ManagedTestBroker.start()
    const { status, json } = await managed.ask('/overview', { as })
    expect([status, json]).toEqual([401, NOT_AUTHORIZED])
  })

  it('neither changes nor deletes anything', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.ask('/queues/%2F/q', { method: 'PUT', as: null, body: {} })
    await managed.ask('/vhosts/%2F', { method: 'DELETE', as: null })
    expect((await managed.ask('/queues')).json).toEqual([])
    expect(managed.broker.vhosts.list()).toHaveLength(1)
  })
})

const TAGS: Readonly<Record<Right, readonly string[]>> = {
  management: ['management', 'policymaker', 'monitoring', 'administrator'],
  policymaker: ['policymaker', 'administrator'],
  monitoring: ['monitoring', 'administrator'],
  administrator: ['administrator'],
}

describe('a user', () => {
  it.each(['', 'other', 'management', 'policymaker', 'monitoring'])(
    'with the tag "%s" is refused what takes another',
    async (tag) => {
      const managed = await ManagedTestBroker.start()
      const as = await managed.addUser('u', [tag], ['/'])
      for (const { method, path, right } of ROUTES) {
        if (TAGS[right].includes(tag)) continue
        const { status, json } = await managed.ask(pathFor(path), { method, as })
        expect({ path, status, error: json.error }).toEqual({
          path,
          status: 401,
          error: 'not_authorised',
        })
      }
    },
  )

  it('of every tag is let in where it is enough', async () => {
    const managed = await ManagedTestBroker.start()
    for (const tag of TAGS.management) {
      const as = await managed.addUser(tag, [tag], ['/'])
      for (const { method, path, right } of ROUTES) {
        if (method !== 'GET' || !TAGS[right].includes(tag)) continue
        const { status } = await managed.ask(pathFor(path), { as })
        expect([200, 404, 400, 503], `${tag} ${path}: ${status}`).toContain(status)
      }
    }
  })

  it('sees the virtual hosts that it has permissions in, and what is in them', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/vhosts/v')
    const as = await managed.addUser('u', ['management'], ['v'])
    await managed.put('/queues/%2F/hidden')
    await managed.put('/queues/v/shown', {}, as)
    const names = async (path: string) =>
      (await managed.ask(path, { as })).json.map(({ name }: { name: string }) => name)
    expect(await names('/vhosts')).toEqual(['v'])
    expect(await names('/queues')).toEqual(['shown'])
    const { status, json } = await managed.ask('/queues/%2F', { as })
    expect([status, json.reason]).toEqual([401, 'User not authorised to access virtual host'])
    expect((await managed.put('/queues/%2F/q', {}, as)).status).toBe(401)
  })

  it('who monitors sees everything, and changes nothing where it has no permissions', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    const as = await managed.addUser('u', ['monitoring'])
    expect((await managed.ask('/queues/%2F/q', { as })).json.name).toBe('q')
    expect((await managed.delete('/queues/%2F/q', as)).status).toBe(401)
  })

  it('is bound by permissions over HTTP as over AMQP', async () => {
    const managed = await ManagedTestBroker.start()
    const as = await managed.addUser('u', ['management'])
    const permission = { user: 'u', vhost: '/', configure: '^mine', write: '', read: '' }
    await managed.broker.permissions.put(permission)
    expect((await managed.put('/queues/%2F/mine', {}, as)).status).toBe(201)
    const { status, json } = await managed.put('/queues/%2F/theirs', {}, as)
    expect([status, json]).toEqual([
      401,
      {
        error: 'not_authorised',
        reason: "configure access to queue 'theirs' in vhost '/' refused for user 'u'",
      },
    ])
    const get = { count: 1, ackmode: 'ack_requeue_true', encoding: 'auto' }
    expect((await managed.post('/queues/%2F/mine/get', get, as)).status).toBe(401)
    expect((await managed.delete('/queues/%2F/mine/contents', as)).status).toBe(401)
  })

  it('who guesses passwords has to wait, with the right one too', async () => {
    const managed = await ManagedTestBroker.start()
    for (let attempt = 0; attempt < 10; attempt++) {
      expect((await managed.ask('/whoami', { as: 'guest:wrong' })).status).toBe(401)
    }
    const { status, headers } = await managed.ask('/whoami')
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    const other = await managed.addUser('other', ['management'])
    expect((await managed.ask('/whoami', { as: other })).status).toBe(200)
  })
})

describe('a page of another site', () => {
  it.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('cannot have a browser change anything: %j', async (headers) => {
    const { host, port } = await rawTarget()
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const answer = await rawRequest(
      port,
      `PUT /api/queues/%2F/q HTTP/1.1\r\nhost: ${host}\r\nauthorization: Basic ${btoa('guest:guest')}\r\n${head.join('')}content-length: 2\r\nconnection: close\r\n\r\n{}`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 403 /)
  })

  it('is not one of this site', async () => {
    const { host, port } = await rawTarget()
    const answer = await rawRequest(
      port,
      `PUT /api/queues/%2F/q HTTP/1.1\r\nhost: ${host}\r\norigin: http://${host}\r\nsec-fetch-site: same-origin\r\nauthorization: Basic ${btoa('guest:guest')}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 201 /)
  })
})

/** Browsers' own headers cannot be set with `fetch`. */
async function rawTarget(): Promise<{ host: string; port: number }> {
  const { broker } = await ManagedTestBroker.start()
  const port = broker.managementPort as number
  return { host: `127.0.0.1:${port}`, port }
}
