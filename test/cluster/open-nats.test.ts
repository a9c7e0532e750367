import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../bench/brokers/free-port.ts'
import { NatsServer } from '../../scripts/nats/nats-server.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { openNats } from '../../src/broker/cluster/open-nats.ts'
import { resolveOptions } from '../../src/config/resolve.ts'
import type { BrokerOptions } from '../../src/index.ts'
import { Authority } from '../support/certificates.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()
const authority = new Authority()

nats.describe('the connection to NATS', () => {
  let directory: string
  let port: number
  let server: NatsServer
  let files: Record<'ca' | 'cert' | 'key', string>

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
    const file = (name: string, content: string): string => {
      const path = join(directory, name)
      writeFileSync(path, content)
      return path
    }
    const own = authority.issue()
    const client = authority.issue({ subject: [['CN', 'broker']] })
    files = {
      ca: file('ca.pem', authority.cert),
      cert: file('client.pem', client.cert),
      key: file('client.key', client.key),
    }
    port = await freePort()
    const config = `listen: 127.0.0.1:${port}
authorization { user: broker, password: "p@ss" }
tls {
  cert_file: ${JSON.stringify(file('server.pem', own.cert))}
  key_file: ${JSON.stringify(file('server.key', own.key))}
  ca_file: ${JSON.stringify(files.ca)}
  verify: true
}
`
    server = new NatsServer('tls', `tls://127.0.0.1:${port}`, directory, config)
    server.start()
  })

  afterAll(async () => {
    await server?.stop()
    rmSync(directory, { recursive: true })
  })

  const open = (options: BrokerOptions, patienceMs = 5000) =>
    openNats(resolveOptions({ nodeName: 'n1', ...options }), silentLogger, patienceMs)
  const withTls = (url: string) => ({
    cluster: [url],
    natsCa: files.ca,
    natsCert: files.cert,
    natsKey: files.key,
  })

  it('is made over TLS, by a certificate and as a user', async () => {
    const link = await open(withTls(`tls://broker:p%40ss@127.0.0.1:${port}`))
    expect(link.connection.info?.tls_required).toBe(true)
    await link.connection.flush()
    await link.close()
  })

  it('takes certificates as they are, too', async () => {
    const { cert, key } = authority.issue({ subject: [['CN', 'broker']] })
    const link = await open({
      cluster: [`nats://broker:p%40ss@localhost:${port}`],
      natsCa: authority.cert,
      natsCert: Buffer.from(cert),
      natsKey: key,
    })
    await link.close()
  })

  it('is refused at once, without the password, to who is not let in', async () => {
    await expect(open(withTls(`tls://broker:wrong@127.0.0.1:${port}`))).rejects.toThrow(
      `cannot connect to NATS at 127.0.0.1:${port}: Authorization Violation`,
    )
  })

  it('is not made to a server whose authority is not known', async () => {
    const url = `tls://broker:p%40ss@127.0.0.1:${port}`
    await expect(open({ cluster: [url] })).rejects.toThrow(
      /self.signed certificate|unable to verify/,
    )
  })

  it('is not made without TLS where TLS is asked for', async () => {
    const { host } = new URL(nats.urls[0] as string)
    await expect(open({ cluster: [`tls://test:test@${host}`] })).rejects.toThrow(
      "server does not support 'tls'",
    )
  })

  it('is waited for while no server is there', async () => {
    const logger = new RecordingLogger()
    await server.stop()
    const opening = openNats(
      resolveOptions({ nodeName: 'n1', ...withTls(`tls://broker:p%40ss@127.0.0.1:${port}`) }),
      logger,
    )
    await expect
      .poll(() => logger.lines)
      .toMatchObject([['warn', 'No NATS server is there yet', { reason: 'connection refused' }]])
    server.start()
    await (await opening).close()
  })

  it('ends with a line that tells why when none ever comes', async () => {
    const none = await freePort()
    await expect(open({ cluster: [`nats://127.0.0.1:${none}`] }, 0)).rejects.toThrow(
      `cannot connect to NATS at 127.0.0.1:${none}: connection refused`,
    )
  })

  it('is not tried with files that cannot be read', async () => {
    const cluster = [`tls://127.0.0.1:${port}`]
    await expect(open({ cluster, natsCa: join(directory, 'none') })).rejects.toThrow(
      'nats-ca: cannot read the file: ENOENT',
    )
    await expect(open({ cluster, natsCredentials: 'a secret' })).rejects.toThrow(
      /^nats-credentials: cannot read the file: ENOENT$/,
    )
  })
})
