// AMQP over TLS: who gets in, who does not and what the log says of it, and certificates that change.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { BASIC_CONSUME, BASIC_CONSUME_OK, QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Authority } from '../../support/certificates.ts'
import { RawConnection } from '../../support/raw-client.ts'
import type { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { RunningBroker } from './running-broker.ts'
import { authority, dialTls, identity, startTlsBroker, tlsSocket } from './tls-client.ts'

/** The reason that the log comes to give for a refusal. */
async function refusalIn(log: RecordingLogger, message = 'Refused a TLS connection') {
  return vi.waitUntil(() => log.lines.find(([, text]) => text === message)?.[2]['reason'])
}

/** How a socket that the broker does not like ends. */
async function ended(socket: ReturnType<typeof tlsSocket>): Promise<void> {
  socket.on('error', () => {})
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

describe('a broker with a certificate', () => {
  it('speaks AMQP over TLS on a port of its own, and goes on without on the other', async () => {
    const { running, broker } = await startTlsBroker()
    expect(broker.tlsPort).not.toBe(broker.port)
    expect(broker.tlsUrl).toBe(`amqps://guest:guest@127.0.0.1:${broker.tlsPort}`)
    const plain = await running.connect()
    const safe = await (await dialTls(broker)).open()
    expect(broker.connectionCount).toBe(2)
    await plain.close()
    await safe.close()
  })

  it('passes large messages on', async () => {
    const { broker } = await startTlsBroker()
    const channel = await (await (await dialTls(broker)).open()).channel()
    await channel.send(QUEUE_DECLARE, { queue: 'q' }).expect(QUEUE_DECLARE_OK)
    const bodies = Array.from({ length: 50 }, (_, i) => `${i}`.repeat(50_000))
    channel.publishAll('q', bodies)
    await channel.send(BASIC_CONSUME, { queue: 'q', noAck: true }).expect(BASIC_CONSUME_OK)
    expect(await channel.bodies(50)).toEqual(bodies)
  })

  it('speaks no TLS that is older than it should be', async () => {
    const { broker, log } = await startTlsBroker({ tlsMinVersion: '1.3' })
    const socket = tlsSocket(broker, { maxVersion: 'TLSv1.2' })
    await expect(once(socket, 'secureConnect')).rejects.toThrow()
    expect(await refusalIn(log)).toContain('The client speaks older versions of TLS only')
    const modern = tlsSocket(broker)
    await once(modern, 'secureConnect')
    expect(modern.getProtocol()).toBe('TLSv1.3')
  })

  it('takes TLS 1.2 unless it should not', async () => {
    const { broker } = await startTlsBroker()
    await (await dialTls(broker, { maxVersion: 'TLSv1.2' })).open()
  })

  it('lets a user of this machine in over TLS as well', async () => {
    const { broker } = await startTlsBroker({ host: '0.0.0.0', loopbackUsers: ['guest'] })
    await (await dialTls(broker)).open()
  })

  it('says why it refuses who does not speak TLS', async () => {
    const { broker, log } = await startTlsBroker()
    const client = await RawConnection.dial({ host: '127.0.0.1', port: broker.tlsPort as number })
    await expect(client.start()).rejects.toThrow()
    expect(await refusalIn(log)).toContain('it may have taken this port for that of plain AMQP')
    log.take()
    const http = connect(broker.tlsPort as number, '127.0.0.1')
    http.end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n').resume()
    await once(http, 'close')
    expect(await refusalIn(log)).toContain('it sent an HTTP request')
  })

  it('says why it refuses TLS on the other port', async () => {
    const { broker, log } = await startTlsBroker()
    const socket = connect(broker.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    const client = connectTls({ socket })
    client.on('error', () => {})
    expect(await refusalIn(log, 'Refused a connection')).toContain('it began a TLS handshake')
  })

  it('drops who does not get on with the handshake, and counts them among the pending', async () => {
    const { broker, log } = await startTlsBroker({ maxPendingConnections: 2 })
    const sockets = Array.from({ length: 3 }, () => connect(broker.tlsPort as number, '127.0.0.1'))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    await Promise.race(sockets.map((socket) => once(socket.resume(), 'close')))
    expect(log.lines.map(([, message]) => message)).toContain(
      'Too many handshakes at a time, ending the oldest',
    )
    const impatient = await startTlsBroker({ handshakeTimeoutMs: 50 })
    const silent = connect(impatient.broker.tlsPort as number, '127.0.0.1')
    onTestFinished(() => void silent.destroy())
    await once(silent.resume(), 'close')
    expect(await refusalIn(impatient.log)).toContain('did not finish the handshake in time')
  })

  it('does not wait for handshakes when it stops', async () => {
    const { broker } = await startTlsBroker()
    const silent = connect(broker.tlsPort as number, '127.0.0.1')
    const gone = once(silent.resume(), 'close')
    await once(silent, 'connect')
    await (await dialTls(broker)).start()
    await broker.close()
    await gone
  })

  it('outlives clients that reset their connection amid the handshake', async () => {
    const { running, broker } = await startTlsBroker()
    const hello = Buffer.from('16030100c8010000c40303', 'hex')
    const sockets = Array.from({ length: 20 }, () => connect(broker.tlsPort as number, '127.0.0.1'))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.write(hello)
      socket.resetAndDestroy()
    }
    await (await dialTls(broker)).open()
    await running.settled()
  })
})

describe('a broker that asks for certificates', () => {
  const client = authority.issue({ subject: [['CN', 'ann']] })
  const stranger = new Authority().issue({ subject: [['CN', 'ann']] })
  const expired = authority.issue({ validTo: new Date(Date.now() - 60_000) })

  it.each(['peer', 'required'] as const)('takes a good one: %s', async (tlsVerify) => {
    const { broker } = await startTlsBroker({ tlsVerify })
    await (await dialTls(broker, client)).open()
  })

  it.each([
    ['peer', stranger, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['required', stranger, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['peer', expired, 'CERT_HAS_EXPIRED'],
  ] as const)('refuses a bad one: %s', async (tlsVerify, certified, code) => {
    const { broker, log } = await startTlsBroker({ tlsVerify })
    await ended(tlsSocket(broker, certified))
    expect(await refusalIn(log)).toBe(`The client's certificate is not good: ${code}`)
    expect(log.lines.filter(([level]) => level !== 'info')).toHaveLength(1)
  })

  it('can do without one, or not', async () => {
    const { broker } = await startTlsBroker({ tlsVerify: 'peer' })
    await (await dialTls(broker)).open()
    const strict = await startTlsBroker({ tlsVerify: 'required' })
    await ended(tlsSocket(strict.broker))
    expect(await refusalIn(strict.log)).toBe('The client has no certificate')
  })
})

describe('certificates that have changed', () => {
  it('are used for connections to come', async () => {
    const directory = temporaryDirectory()
    const [tlsCert, tlsKey] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    const write = ({ cert, key } = identity): void => {
      writeFileSync(tlsCert, cert)
      writeFileSync(tlsKey, key)
    }
    write()
    const { broker, log } = await startTlsBroker({ tlsCert, tlsKey, tlsCa: '' })
    const before = await (await dialTls(broker)).open()
    const renewed = new Authority()
    write(renewed.issue())
    await broker.reloadCertificates()
    expect(log.lines.at(-1)?.[1]).toBe('Read the TLS certificates again')
    await (await dialTls(broker, { ca: renewed.cert })).open()
    await before.channel()

    writeFileSync(tlsKey, identity.key)
    await expect(broker.reloadCertificates()).rejects.toThrow(
      'tls-key does not belong to the certificate in tls-cert',
    )
    await (await dialTls(broker, { ca: renewed.cert })).open()
  })

  it('count for those who come back with a session of before', async () => {
    const tlsCa = join(temporaryDirectory(), 'ca.pem')
    writeFileSync(tlsCa, authority.cert)
    const { broker, log } = await startTlsBroker({ tlsCa, tlsVerify: 'required' })
    const client = authority.issue()
    const first = tlsSocket(broker, client)
    const session = once(first, 'session')
    await (await RawConnection.over(first).open()).close()
    const [ticket] = (await session) as [Buffer]
    writeFileSync(tlsCa, new Authority().cert)
    await broker.reloadCertificates()
    await ended(tlsSocket(broker, { ...client, session: ticket }))
    expect(await refusalIn(log)).toContain("The client's certificate is not good")
  })

  it('are nothing to a broker without any', async () => {
    const { broker } = await RunningBroker.start()
    await broker.reloadCertificates()
    expect([broker.tlsPort, broker.tlsAddress, broker.tlsUrl]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
