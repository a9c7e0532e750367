// The dashboard as a browser gets it, without one: who sees what, and may do what.

import { appRoutes } from '@bull-board/api/dist/routes.js'
import { describe, expect, it } from 'vitest'
import { type QueueNames, queueKey } from '../../../src/dashboard/board/queue-key.ts'
import { ManagedTestBroker } from '../management/managed-broker.ts'

interface Sent {
  readonly method?: string
  readonly as?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

interface BoardReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not used.
  readonly json: any
}

class BoardClient {
  readonly managed: ManagedTestBroker

  constructor(managed: ManagedTestBroker) {
    this.managed = managed
  }

  static async start(): Promise<BoardClient> {
    return new BoardClient(await ManagedTestBroker.start())
  }

  async ask(path: string, { method = 'GET', as = 'guest:guest', body, headers = {} }: Sent = {}) {
    const response = await fetch(`${this.managed.broker.managementUrl}/ui/${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Basic ${btoa(as)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const json = text.startsWith('{') ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, json } as BoardReply
  }

  /** What is done to a queue: `PUT /empty`. */
  do(names: QueueNames, action: string, sent: Sent = {}): Promise<BoardReply> {
    const [method = '', path = ''] = action.split(' ')
    return this.ask(`api/queues/${encodeURIComponent(queueKey(names))}${path}`, { ...sent, method })
  }

  /** The list that each page asks for again and again. */
  async queues(
    as?: string,
    query = '',
  ): Promise<{ name: string; readOnlyMode: boolean; counts: object }[]> {
    const { json } = await this.ask(`api/queues${query}`, as === undefined ? {} : { as })
    return json.queues
  }

  async publish(queue: string, payload: string): Promise<void> {
    const message = { routing_key: queue, payload, payload_encoding: 'string', properties: {} }
    await this.managed.post('/exchanges/%2F/amq.default/publish', message)
  }
}

const Q: QueueNames = { vhost: '/', name: 'q' }

describe('the dashboard', () => {
  it('is bull-board’s page, with nothing from elsewhere', async () => {
    const board = await BoardClient.start()
    for (const path of ['', 'queue/a', 'queue/a/0-1', '?status=failed']) {
      const { status, text, headers } = await board.ask(path)
      expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(text).toContain('__UI_CONFIG__')
      expect(headers.get('content-security-policy')).toContain("default-src 'self'; ")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  it('has all the files of the page', async () => {
    const board = await BoardClient.start()
    const { text } = await board.ask('')
    const files = [...text.matchAll(/(?:src|href)="(static\/[^"]+|board\.css)"/g)].map(
      ([, path]) => path,
    )
    expect(files.length).toBeGreaterThan(4)
    for (const file of files) {
      const { status, headers } = await board.ask(file as string)
      expect([status, headers.get('x-content-type-options')]).toEqual([200, 'nosniff'])
    }
  })

  it('speaks of AMQP in every language', async () => {
    const board = await BoardClient.start()
    for (const language of ['en-US', 'de-DE', 'zh-CN']) {
      const { json } = await board.ask(`static/locales/${language}/messages.json`)
      expect(json.QUEUE.STATUS.WAITING).toBe('Ready')
    }
  })

  it.each([
    'static/../index.ejs',
    'static/%2e%2e/index.ejs',
    'static/js/../../../package.json',
    'index.ejs',
    'nothing',
    'api/nothing',
    'queue/a/b/c',
    'queue/%ZZ',
    'open',
    'open?vhost=/',
  ])('has no %s', async (path) => {
    expect((await (await BoardClient.start()).ask(path)).status).toBe(404)
  })

  it('leads from names to pages', async () => {
    const board = await BoardClient.start()
    const { status, headers } = await board.ask('open?vhost=%2F&name=100%25%0d%0aset-cookie:x')
    expect(status).toBe(302)
    expect(headers.get('location')).toBe(
      `/ui/queue/${encodeURIComponent('/ › 100~25~~d~~a~set-cookie:x')}`,
    )
    expect(headers.get('set-cookie')).toBeNull()
  })

  it('lets nobody change anything but its own page', async () => {
    const board = await BoardClient.start()
    await board.managed.put('/queues/%2F/q')
    const foreign = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
    expect((await board.do(Q, 'PUT /empty', { headers: foreign })).status).toBe(403)
    const form = { 'content-type': 'text/plain' }
    const sent = await board.do(Q, 'POST /add', { body: { data: { payload: 'x' } }, headers: form })
    expect([sent.status, sent.json.reason]).toEqual([400, 'a body should be application/json'])
    expect((await board.ask('', { method: 'POST' })).status).toBe(405)
    expect((await board.ask('api/queues', { method: 'DELETE' })).headers.get('allow')).toBe('GET')
  })
})

describe('who gives no password', () => {
  it('is told nothing, on any path of bull-board', async () => {
    const { broker } = await ManagedTestBroker.start()
    await broker.users.put('plain', { password: 'secret', tags: [] })
    const { api, entryPoint } = appRoutes
    const routes = [...api, entryPoint].flatMap(({ method, route }) =>
      [route].flat().map((path) => [[method].flat()[0] as string, path] as const),
    )
    expect(routes.length).toBeGreaterThan(30)
    for (const [method, path] of routes) {
      const url = `${broker.managementUrl}/ui${path.replaceAll(/:\w+/g, 'x')}`
      for (const headers of [{}, { authorization: `Basic ${btoa('plain:secret')}` }]) {
        const response = await fetch(url, { method: method.toUpperCase(), headers })
        expect([path, response.status]).toEqual([path, 401])
        expect(await response.json()).toHaveProperty('reason')
      }
    }
  })
})

describe('the list of queues', () => {
  it('follows queues that come and go', async () => {
    const board = await BoardClient.start()
    expect(await board.queues()).toEqual([])
    await board.managed.put('/queues/%2F/q')
    await board.publish('q', 'x')
    expect(await board.queues()).toMatchObject([{ name: '/ › q', counts: { waiting: 1 } }])
    await board.managed.delete('/queues/%2F/q')
    expect(await board.queues()).toEqual([])
  })

  it('has the first of many, and always the one that is looked at', async () => {
    const board = await BoardClient.start()
    const names = Array.from({ length: 510 }, (_, index) => `q${String(index).padStart(3, '0')}`)
    for (const name of names) await board.managed.put(`/queues/%2F/${name}`)
    const listed = await board.queues()
    expect(listed).toHaveLength(500)
    expect(listed.at(-1)?.name).toBe('/ › q499')
    const key = queueKey({ vhost: '/', name: 'q509' })
    const looked = await board.queues(undefined, `?activeQueue=${encodeURIComponent(key)}`)
    expect(looked).toHaveLength(501)
    expect(looked.at(-1)?.name).toBe(key)
    expect((await board.ask('')).text).toContain('First 500 of 510 queues')
  })

  it('is sent in few octets', async () => {
    const board = await BoardClient.start()
    for (let index = 0; index < 100; index++) await board.managed.put(`/queues/%2F/queue-${index}`)
    const { headers, json } = await board.ask('api/queues')
    expect(headers.get('content-encoding')).toBe('gzip')
    expect(json.queues).toHaveLength(100)
  })

  it('shows as dead-lettered what waits in a queue for dead letters, and nothing else', async () => {
    const board = await BoardClient.start()
    const declare = (name: string, args: object): Promise<unknown> =>
      board.managed.put(`/queues/%2F/${name}`, { arguments: args })
    const to = (key: string) => ({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': key })
    await declare('work', to('retry'))
    await declare('retry', { ...to('work'), 'x-message-ttl': 60_000 })
    await declare('orders', to('dead'))
    await declare('dead', {})
    for (const name of ['work', 'retry', 'orders', 'dead']) await board.publish(name, 'x')
    const counts = (await board.queues()).map(({ name, counts: of }) => [name, of])
    expect(Object.fromEntries(counts)).toMatchObject({
      '/ › work': { waiting: 1, failed: 0 },
      '/ › retry': { waiting: 1, failed: 0 },
      '/ › orders': { waiting: 1, failed: 0 },
      '/ › dead': { waiting: 0, failed: 1 },
    })
  })
})

/** All that a page can have done to a queue. */
const ACTIONS: readonly (readonly [string, object?])[] = [
  ['PUT /pause'],
  ['PUT /resume'],
  ['PUT /empty'],
  ['PUT /obliterate', {}],
  ['PUT /promote'],
  ['PUT /clean/failed'],
  ['PUT /retry/failed'],
  ['POST /add', { name: 'q', data: { payload: 'x' }, options: {} }],
  ['POST /add', { name: 'q', data: { payload: 'x' }, options: { delay: 1000 } }],
]

describe('a user', () => {
  it('sees the virtual hosts that are theirs, and no other', async () => {
    const board = await BoardClient.start()
    await board.managed.put('/vhosts/theirs')
    await board.managed.put('/queues/theirs/a')
    await board.managed.put('/queues/%2F/q')
    const as = await board.managed.addUser('user', ['management'], ['theirs'])
    expect(await board.queues(as)).toMatchObject([{ name: 'theirs › a', readOnlyMode: false }])
    for (const action of ['GET /workers', 'GET /0-0', 'PUT /empty', 'POST /add']) {
      const { status, json } = await board.do(Q, action, {
        as,
        body: action[0] === 'G' ? undefined : {},
      })
      expect([status, json.error.key]).toEqual([404, 'ERRORS.QUEUE_NOT_FOUND'])
    }
  })

  it('who only monitors looks at all, and changes nothing', async () => {
    const board = await BoardClient.start()
    await board.managed.put('/queues/%2F/q')
    await board.publish('q', 'x')
    const as = await board.managed.addUser('monitor', ['monitoring'], [])
    expect(await board.queues(as)).toMatchObject([{ name: '/ › q', readOnlyMode: true }])
    for (const [action, body] of ACTIONS) {
      const { status } = await board.do(Q, action, { as, body })
      expect([action, status]).toEqual([action, 405])
    }
    expect(await board.queues()).toMatchObject([{ counts: { waiting: 1 }, isPaused: false }])
  })

  it('without the permission that it takes is told so, in RabbitMQ’s words', async () => {
    const board = await BoardClient.start()
    await board.managed.put('/queues/%2F/q')
    await board.managed.put('/queues/%2F/dead')
    await board.publish('q', 'x')
    const as = await board.managed.addUser('weak', ['management'])
    const user = 'weak'
    const permission = { user, vhost: '/', configure: '^$', write: '^$', read: '^$' }
    const permit = (more: object): Promise<unknown> =>
      board.managed.broker.permissions.put({ ...permission, ...more })
    await permit({ read: '^q$' })
    await board.managed.put('/queues/%2F/q/pause')
    for (const [action, body] of [
      ['PUT /obliterate', {}],
      ['POST /add', { name: 'q', data: { payload: 'x' }, options: {} }],
      ['POST /add', { name: 'q', data: { payload: 'x' }, options: { delay: 1000 } }],
    ] as const) {
      const { status, json } = await board.do(Q, action, { as, body })
      expect([action, status, json.error.key]).toEqual([action, 403, 'ERRORS.FORBIDDEN'])
      expect(json.message).toMatch(
        /^(configure|write) access to \w+ '.*' in vhost '\/' refused for user 'weak'$/,
      )
    }
    await permit({ configure: '^q$' })
    const purge = await board.do(Q, 'PUT /empty', { as })
    expect([purge.status, purge.json.message]).toEqual([
      403,
      "read access to queue 'q' in vhost '/' refused for user 'weak'",
    ])
    // The bodies of messages are not for who may not read them, nor is the page broken by that.
    const query = `?activeQueue=${encodeURIComponent(queueKey(Q))}`
    expect(await board.queues(as, query)).toMatchObject([{ readOnlyMode: true }, { jobs: [] }])
    expect((await board.do(Q, 'GET /0-0', { as })).status).toBe(403)
    expect((await board.do(Q, 'PUT /obliterate', { as, body: {} })).status).toBe(200)
    expect((await board.managed.ask('/queues/%2F/q')).status).toBe(404)
  })
})

describe('a queue for dead letters that is put to work', () => {
  it('keeps its messages from a page that does not know that yet', async () => {
    const board = await BoardClient.start()
    const to = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'q' }
    await board.managed.put('/queues/%2F/source', { arguments: to })
    await board.managed.put('/queues/%2F/q')
    await board.publish('q', 'x')
    expect(await board.queues()).toMatchObject([{ counts: { failed: 1 } }, {}])
    await board.managed.delete('/queues/%2F/source')
    expect(await board.queues()).toMatchObject([{ counts: { waiting: 1, failed: 0 } }])
    expect((await board.do(Q, 'PUT /retry/failed')).json).toEqual({ retried: 0, skipped: 0 })
    expect((await board.do(Q, 'PUT /clean/failed')).status).toBe(400)
    expect((await board.do(Q, 'PUT /clean/active')).status).toBe(400)
    expect((await board.do(Q, 'PUT /retry/waiting')).status).toBe(400)
    expect(await board.queues()).toMatchObject([{ counts: { waiting: 1 } }])
  })
})

describe('what is refused', () => {
  it.each([
    [{ data: {}, options: {} }, 'payload is missing'],
    [{ data: { payload: 'x' }, options: { delay: 1e12 } }, /^delay should be from 0 to/],
    [{ data: { payload: '*', payload_encoding: 'base64' }, options: {} }, /payload|base64/],
    [{ data: { payload: 'x', exchange: 'none' }, options: {} }, /no exchange|not_found|exchange/],
    [{ name: 'none', data: { payload: 'x' }, options: {} }, 'The message was routed to no queue'],
    [
      {
        data: { payload: 'x', headers: { a: { b: null } }, properties: { priority: 300 } },
        options: {},
      },
      /priority/,
    ],
  ])('is said why: %j', async (body, reason) => {
    const board = await BoardClient.start()
    await board.managed.put('/queues/%2F/q')
    const { status, json } = await board.do(Q, 'POST /add', { body })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(json.message).toMatch(reason)
  })

  it('is to change a message', async () => {
    const board = await BoardClient.start()
    await board.managed.put('/queues/%2F/q')
    await board.publish('q', 'x')
    const { json } = await board.managed.ask('/queues/%2F/q/messages')
    const id = json.items[0].id as string
    const changed = await board.do(Q, `PATCH /${id}/update-data`, { body: { jobData: {} } })
    expect([changed.status, changed.json.message]).toEqual([
      400,
      'Messages stay as they were published: publish another one instead',
    ])
    expect((await board.do(Q, `PUT /${id}/retry`)).json.error.key).toBe('ERRORS.JOB_NOT_RETRIABLE')
  })
})
