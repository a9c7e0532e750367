// A walk along every path that the management port has, with what is not to do any harm.

import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HttpServer } from '../../../src/management/http-server.ts'
import { ROUTES } from '../../../src/management/routes/all-routes.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { ManagedTestBroker } from './managed-broker.ts'
import { rawRequest } from './raw-http.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']

const PATHS: readonly string[] = [
  ...new Set(ROUTES.map(({ path }) => `/api${path.replaceAll(/:[a-z]+/g, named)}`)),
  ...['/', '/ui', '/ui/', '/ui/api/queues', '/ui/static/js/main.js'],
  ...['/console', '/console/', '/console/index.html', '/console/app.js'],
  ...['/metrics', '/metrics/per-object', '/metrics/detailed?family=queue_coarse_metrics'],
  ...['/api', '/api/', '/api/nothing', '/favicon.ico', '/cli/rabbitmqadmin', '/nothing'],
]

function named(param: string): string {
  return param === ':vhost' ? '%2F' : 'secret-queue'
}

/** A broker with something to see, and a way to ask that leaves paths as they are. */
async function start() {
  const managed = await ManagedTestBroker.start()
  await managed.put('/queues/%2F/secret-queue')
  const port = managed.broker.managementPort as number
  const local = `127.0.0.1:${port}`
  const send = (
    method: string,
    path: string,
    headers: readonly string[] = [],
    body = '',
    host = local,
  ) => {
    const head = [`host: ${host}`, `content-length: ${Buffer.byteLength(body)}`]
    const all = [...head, ...headers, 'connection: close'].join('\r\n')
    return rawRequest(port, `${method} ${path} HTTP/1.1\r\n${all}\r\n\r\n${body}`)
  }
  return { managed, port, send }
}

const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
const as = (credentials: string): string => `authorization: Basic ${btoa(credentials)}`
const GUEST = as('guest:guest')
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4)

describe('whoever has no credentials', () => {
  it.each(METHODS)(
    'gets 401 and no data with %s, on every path',
    async (method) => {
      const { send } = await start()
      for (const path of PATHS) {
        const answer = await send(method, path)
        expect([path, statusOf(answer)]).toEqual([path, 401])
        expect(answer).toMatch(/www-authenticate: Basic realm=/i)
        const isEmpty = method === 'HEAD'
        const refusal = '{"error":"not_authorized","reason":"Not_Authorized"}'
        expect([path, bodyOf(answer)]).toEqual([path, isEmpty ? '' : refusal])
      }
    },
    30_000,
  )

  it('is not listened to, however much they have to say', async () => {
    const { port } = await start()
    const large = 10_000_000_000
    const answer = await rawRequest(
      port,
      `POST /api/definitions HTTP/1.1\r\nhost: x\r\ncontent-length: ${large}\r\n\r\n{`,
    )
    expect(statusOf(answer)).toBe(401)
    expect(answer).toMatch(/connection: close/i)
  })
})

describe('whoever may only use AMQP', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'gets 401 with %s, on every path',
    async (method) => {
      const { managed, send } = await start()
      const user = as(await managed.addUser('u', ['none'], ['/']))
      for (const path of PATHS) {
        const answer = await send(method, path, [user])
        // What there is not is not there for anybody, and methods are no secret from who has logged in.
        expect([path, [401, 404, 405]]).toEqual([path, expect.arrayContaining([statusOf(answer)])])
        expect(answer).not.toContain('secret-queue')
      }
      expect(managed.broker.vhosts.list()).toHaveLength(1)
    },
    30_000,
  )
})

describe('a page of another site', () => {
  const FOREIGN = [
    ['origin: http://evil.example'],
    ['origin: null'],
    ['referer: http://evil.example/page'],
    ['sec-fetch-site: cross-site', 'content-type: application/x-www-form-urlencoded'],
    ['origin: http://evil.example', 'content-type: text/plain'],
    ['origin: http://evil.example', 'content-type: multipart/form-data; boundary=b'],
  ]

  it('can have a browser change nothing, on any path', async () => {
    const { managed, send } = await start()
    const changing = ROUTES.filter(({ method }) => method !== 'GET')
    for (const { method, path } of changing) {
      const asked = `/api${path.replaceAll(/:[a-z]+/g, named)}`
      for (const headers of FOREIGN) {
        const answer = await send(method, asked, [GUEST, ...headers], '{}')
        expect([method, asked, statusOf(answer)]).toEqual([method, asked, 403])
      }
    }
    expect((await managed.ask('/queues')).json).toHaveLength(1)
  }, 60_000)

  it('may not read what it has had asked for, either', async () => {
    const { send } = await start()
    const answer = await send('GET', '/api/queues', [GUEST, 'origin: http://evil.example'])
    expect(answer).not.toMatch(/access-control-/i)
    const preflight = await send('OPTIONS', '/api/queues/%2F/q', [
      ...[GUEST, 'origin: http://evil.example', 'access-control-request-method: PUT'],
    ])
    expect(preflight).not.toMatch(/access-control-/i)
  })
})

describe('a name that is made to lead here', () => {
  it('does not let a page log in with a password that everybody knows', async () => {
    const { send, managed } = await start()
    const ask = async (host: string, credentials: string): Promise<number> =>
      statusOf(await send('GET', '/api/definitions', [as(credentials)], '', host))
    for (const host of ['evil.example', 'evil.example:15672', 'a.b.c', '[evil']) {
      expect([host, await ask(host, 'guest:guest')]).toEqual([host, 401])
    }
    for (const host of ['localhost', 'rabbitmq:15672', '[::1]:1', 'host.docker.internal']) {
      expect([host, await ask(host, 'guest:guest')]).toEqual([host, 200])
    }
    await managed.put('/users/ops', { password: 'own', tags: 'administrator' })
    expect(await ask('rabbit.example', 'ops:own')).toBe(200)
  })
})

describe('an answer', () => {
  /** A server whose answers are so large, and somebody who asks and does not read. */
  async function unread(bytes: number, requestTimeoutMs: number): Promise<HttpServer> {
    const server = await HttpServer.open({
      ...{ host: '127.0.0.1', port: 0, flag: '', tls: undefined, requestTimeoutMs },
      logger: new RecordingLogger(),
      handle: async (_request, response) => void response.end(Buffer.alloc(bytes)),
    })
    const socket = connect(server.address.port, '127.0.0.1')
    onTestFinished(async () => {
      socket.destroy()
      await server.close()
    })
    socket.write(REQUEST)
    socket.pause()
    return server
  }

  it('that nobody reads is given up', async () => {
    const server = await unread(30 * 1024 * 1024, 300)
    await expect.poll(() => server.unread.bytes).toBeGreaterThan(0)
    await expect.poll(() => server.unread.bytes, { timeout: 30_000 }).toBe(0)
  })

  it('is refused while too much waits for others to read it', async () => {
    const server = await unread(150 * 1024 * 1024, 60_000)
    await expect.poll(() => server.unread.bytes).toBeGreaterThan(128 * 1024 * 1024)
    expect(await rawRequest(server.address.port, REQUEST)).toMatch(/^HTTP\/1\.1 503 /)
  })
})

describe('a path', () => {
  it.each([
    '/console/../../package.json',
    '/console/../../../../../../etc/passwd',
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/..%5c..%5cpackage.json',
    '/console//etc/passwd',
    '/console/index.html%00.js',
    '/console/%00',
    '/console/%ff',
    '/ui/../../package.json',
    '/ui/static/../../../../../package.json',
    '/ui/static/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/ui/static/..%2f..%2f..%2fpackage.json',
    '/api/../package.json',
    '/api/queues/%2F/..%2f..%2fetc%2fpasswd',
    '/api/definitions/..%2f..%2f',
    'http://evil.example/api/overview',
  ])('leads out of nothing: %s', async (path) => {
    const { send } = await start()
    const answer = await send('GET', path, [GUEST])
    expect([400, 404]).toContain(statusOf(answer))
    expect(answer).not.toMatch(/"name": "leveret"|root:/)
  })
})

describe('a name', () => {
  const HOSTILE = [
    'a\r\nset-cookie: x=1',
    '<img src=x onerror=alert(1)>',
    '"\'`\\',
    '../..',
    '%00',
    '\u202e',
  ]

  it('never becomes a header or a page, whatever it is', async () => {
    const { managed } = await start()
    await managed.put('/exchanges/%2F/x', { type: 'fanout' })
    for (const name of HOSTILE) {
      const path = encodeURIComponent(name)
      expect((await managed.put(`/queues/%2F/${path}`)).status).toBe(201)
      const bound = await managed.post(`/bindings/%2F/e/x/q/${path}`, { routing_key: name })
      expect(bound.status).toBe(201)
      const location = bound.headers.get('location') as string
      expect(location).toMatch(/^[\w.~%!'()*-]+\/[\w.~%!'()*-]+$/)
      const found = await managed.ask(`/bindings/%2F/e/x/q/${location}`)
      expect(found.json).toMatchObject({ destination: name, routing_key: name })
      for (const reply of [bound, found, await managed.ask(`/queues/%2F/${path}`)]) {
        expect(reply.headers.get('set-cookie')).toBeNull()
        expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
        expect(reply.headers.get('content-type') ?? 'application/json').toBe('application/json')
      }
      const missing = await managed.ask(`/queues/%2F/${path}/${path}`)
      expect(missing.json).toEqual({ error: 'Object Not Found', reason: 'Not Found' })
    }
  })

  it('cannot be given with octets that split a request', async () => {
    const { port } = await start()
    const answer = await rawRequest(
      port,
      `PUT /api/queues/%2F/a\rb HTTP/1.1\r\nhost: x\r\n${GUEST}\r\nconnection: close\r\n\r\n`,
    )
    expect(statusOf(answer)).toBe(400)
  })
})

describe('a request', () => {
  it('with a body that is too large is refused on every path, before all of it has come', async () => {
    const managed = await ManagedTestBroker.start({ managementBodyLimitBytes: 1024 })
    const port = managed.broker.managementPort as number
    for (const { method, path } of ROUTES) {
      const asked = `/api${path.replaceAll(/:[a-z]+/g, named)}`
      const announced = `${method} ${asked} HTTP/1.1\r\nhost: x\r\n${GUEST}\r\ncontent-length: 1025\r\n\r\n{`
      const answer = await rawRequest(port, announced)
      expect([asked, statusOf(answer)]).toEqual([asked, 400])
      expect(answer).toContain('Exceeded HTTP request body size limit')
    }
    const chunk = `${(2000).toString(16)}\r\n${'x'.repeat(2000)}\r\n`
    const chunked = `POST /api/definitions HTTP/1.1\r\nhost: x\r\n${GUEST}\r\ntransfer-encoding: chunked\r\n\r\n${chunk}`
    expect(statusOf(await rawRequest(port, chunked))).toBe(400)
  }, 30_000)

  it('with too many headers is refused', async () => {
    const { port } = await start()
    const headers = Array.from({ length: 5000 }, (_, n) => `x-${n}: 1\r\n`).join('')
    const answer = await rawRequest(port, `GET /api/overview HTTP/1.1\r\nhost: x\r\n${headers}\r\n`)
    expect(statusOf(answer)).toBe(431)
  })

  it('of two lengths is refused, since another may be hidden in it', async () => {
    const { port } = await start()
    const both = 'content-length: 4\r\ntransfer-encoding: chunked\r\n'
    const answer = await rawRequest(
      port,
      `POST /api/definitions HTTP/1.1\r\nhost: x\r\n${GUEST}\r\n${both}\r\n0\r\n\r\nGET /api/users HTTP/1.1\r\n\r\n`,
    )
    expect(statusOf(answer)).toBe(400)
  })

  it('that is given up amid its body is no fault of the broker', async () => {
    const logger = new RecordingLogger()
    const { broker } = await ManagedTestBroker.start({ logger })
    const port = broker.managementPort as number
    const head = `POST /api/definitions HTTP/1.1\r\nhost: x\r\n${GUEST}\r\ncontent-length: 9\r\n\r\n{`
    await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(head))
      setTimeout(() => socket.destroy(), 50)
      socket.once('close', resolve)
    })
    expect((await fetch(`${broker.managementUrl}/api/whoami`)).status).toBe(401)
    expect(logger.lines.filter(([level]) => level === 'error')).toEqual([])
  })

  it('that comes slowly keeps nobody else waiting, and is ended', async () => {
    const server = await HttpServer.open({
      ...{ host: '127.0.0.1', port: 0, flag: 'management-port', tls: undefined },
      logger: new RecordingLogger(),
      requestTimeoutMs: 300,
      handle: async (request, response) => {
        // It fails for those who are cut off.
        await text(request).then(
          () => response.end('done'),
          () => {},
        )
      },
    })
    onTestFinished(() => server.close())
    const { port } = server.address
    const starts = ['POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx', 'GET / HT']
    const slow = Array.from({ length: 20 }, (_, n) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(starts[n % 2] as string))
      return socket.on('error', () => {}).resume()
    })
    const gone = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))
    const ended = Promise.all(slow.map(gone))
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('done')
    await ended
  })
})
