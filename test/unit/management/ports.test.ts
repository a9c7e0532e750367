// The ports beside that of plain HTTP: metrics for whoever reaches them, and the API over TLS.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type RequestOptions, request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerOptions } from '../../../src/index.ts'
import { type Broker, createBroker } from '../../../src/index.ts'
import { Authority } from '../../support/certificates.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const authority = new Authority()
const server = authority.issue()
const TLS = { tlsCert: server.cert, tlsKey: server.key, tlsPort: 0, managementTlsPort: 0 }

async function start(options: BrokerOptions, logger = new RecordingLogger()): Promise<Broker> {
  const broker = await createBroker({ port: 0, ...options, logger })
  onTestFinished(() => broker.close())
  return broker
}

async function getTls(broker: Broker, path: string, options: RequestOptions = {}) {
  const sent = request(`${broker.managementTlsUrl}/api${path}`, {
    ...{ ca: authority.cert, auth: 'guest:guest', agent: false },
    ...options,
  }).end()
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, json: JSON.parse(await text(response)) }
}

describe('a broker in a program', () => {
  it('listens for nothing that it was not asked for', async () => {
    const broker = await start({})
    expect(broker.endpoints.map(({ protocol }) => protocol)).toEqual(['amqp'])
    expect([broker.managementUrl, broker.managementTlsUrl, broker.prometheusUrl]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('has no API over TLS without a certificate', async () => {
    await expect(createBroker({ port: 0, managementTlsPort: 0 })).rejects.toThrow(
      'management-tls-port: without a certificate there is no TLS',
    )
  })

  it('can speak AMQP over TLS only', async () => {
    const broker = await start({ port: 'none', ...TLS, managementPort: 0 })
    const protocols = broker.endpoints.map(({ protocol }) => protocol)
    expect(protocols).toEqual(['amqp/ssl', 'http', 'https'])
    expect(() => broker.port).toThrow('the broker speaks AMQP over TLS only')
    await expect(createBroker({ port: 'none' })).rejects.toThrow('nobody could connect')
  })

  it('rejects when a port is taken, and lets go of the others', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const tried = createBroker({ port: 0, managementPort: 0, prometheusPort: port })
    await expect(tried).rejects.toMatchObject({ code: 'EADDRINUSE', flag: 'prometheus-port' })
  })
})

describe('the port for metrics', () => {
  it('tells them to anybody, and nothing else', async () => {
    const broker = await start({ prometheusPort: 0, managementPort: 0 })
    const get = (path: string, options: RequestInit = {}) =>
      fetch(`${broker.prometheusUrl}${path}`, options)
    for (const path of ['/metrics', '/metrics/per-object']) {
      const response = await get(path)
      expect([path, response.status]).toEqual([path, 200])
      expect(response.headers.get('content-type')).toContain('text/plain')
    }
    expect(await (await get('/metrics')).text()).toContain('\nrabbitmq_connections 0\n')
    for (const path of ['/', '/api/overview', '/ui/', '/console/', '/metrics/../api/overview']) {
      expect([path, (await get(path)).status]).toEqual([path, 404])
    }
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405)
    expect(await (await get('/metrics', { method: 'HEAD' })).text()).toBe('')
  })

  it('is on this machine only, wherever AMQP is', async () => {
    const broker = await start({ host: '0.0.0.0', prometheusPort: 0 })
    const [, metrics] = broker.endpoints
    expect(metrics).toMatchObject({ protocol: 'http/prometheus', host: '127.0.0.1' })
  })
})

describe('the management API over TLS', () => {
  it('answers as without, and tells of it', async () => {
    const broker = await start({ ...TLS, managementPort: 0 })
    const { status, json } = await getTls(broker, '/overview')
    expect(status).toBe(200)
    const protocols = json.listeners.map(({ protocol }: { protocol: string }) => protocol)
    expect(protocols).toEqual(['amqp', 'amqp/ssl', 'http', 'https'])
    expect((await getTls(broker, '/overview', { auth: 'guest:wrong' })).status).toBe(401)
    const port = new URL(broker.managementTlsUrl as string).port
    expect((await getTls(broker, `/health/checks/port-listener/${port}`)).status).toBe(200)
  })

  it('asks for certificates of clients where AMQP does', async () => {
    const logger = new RecordingLogger()
    const options = { tlsCa: authority.cert, tlsVerify: 'required' } as const
    const broker = await start({ ...TLS, ...options }, logger)
    const client = authority.issue({ subject: [['CN', 'ann']] })
    expect((await getTls(broker, '/whoami', client)).status).toBe(200)
    await expect(getTls(broker, '/whoami')).rejects.toThrow()
    const stranger = new Authority('Another').issue()
    await expect(getTls(broker, '/whoami', stranger)).rejects.toThrow()
    const reasons = logger.lines.map(([, , { reason }]) => reason)
    expect(reasons).toContain('The client has no certificate')
    expect(reasons).toContainEqual(expect.stringContaining("The client's certificate is not good"))
  })

  it('has the new certificate when the files were read again', async () => {
    const directory = temporaryDirectory()
    const [tlsCert, tlsKey] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    const put = (issued: { cert: string; key: string }) => {
      writeFileSync(tlsCert, issued.cert)
      writeFileSync(tlsKey, issued.key)
    }
    put(server)
    const broker = await start({ ...TLS, tlsCert, tlsKey })
    expect((await getTls(broker, '/whoami')).status).toBe(200)
    const other = new Authority('Other')
    put(other.issue())
    await broker.reloadCertificates()
    expect((await getTls(broker, '/whoami', { ca: other.cert })).status).toBe(200)
    await expect(getTls(broker, '/whoami')).rejects.toThrow()
  })
})

describe('the check of when certificates expire', () => {
  it('fails for those that do within the time, and names them', async () => {
    const directory = temporaryDirectory()
    const validTo = new Date(Date.now() + 36 * 3_600_000)
    const issued = authority.issue({ validTo })
    const tlsCert = join(directory, 'cert.pem')
    writeFileSync(tlsCert, issued.cert)
    const broker = await start({ ...TLS, tlsCert, tlsKey: issued.key })
    const check = (within: string) =>
      getTls(broker, `/health/checks/certificate-expiration/${within}`)
    expect(await check('1/days')).toEqual({ status: 200, json: { status: 'ok' } })
    const { status, json } = await check('1/weeks')
    expect(status).toBe(503)
    expect(json).toMatchObject({ status: 'failed', reason: 'Certificates expiring' })
    const https = json.expired.find(({ protocol }: { protocol: string }) => protocol === 'https')
    expect(https).toMatchObject({
      interface: '127.0.0.1',
      certfile: tlsCert,
      cacertfile: '',
      certfile_expires_on: [`${validTo.toISOString().slice(0, 19).replace('T', ' ')}`],
      cacertfile_expires_on: [],
    })
    expect((await check('1/centuries')).json.reason).toContain('Time unit not recognised')
    expect((await check('soon/days')).json.reason).toBe('Invalid expiration value.')
  })
})
