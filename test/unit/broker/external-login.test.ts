// EXTERNAL: a client's certificate says who it is.

import { CONNECTION_OPEN, CONNECTION_OPEN_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { Broker, BrokerOptions } from '../../../src/index.ts'
import type { CertificateOptions } from '../../support/certificates.ts'
import type { RawConnection } from '../../support/raw-client.ts'
import { authority, dialTls, startTlsBroker } from './tls-client.ts'

const EXTERNAL = { mechanism: 'EXTERNAL', response: Buffer.alloc(0) }
const REFUSED =
  'ACCESS_REFUSED - Login was refused using authentication mechanism EXTERNAL. For details see the broker logfile.'

/** A broker that asks for certificates, with a user who has no other way in. */
async function startBroker(username: string, options: BrokerOptions = {}) {
  const { broker, log } = await startTlsBroker({ tlsVerify: 'peer', ...options })
  await broker.users.put(username, { password: 'unguessable', tags: [] })
  await broker.permissions.put({
    user: username,
    vhost: '/',
    configure: '.*',
    write: '.*',
    read: '.*',
  })
  return { broker, log }
}

const dial = (broker: Broker, options: CertificateOptions): Promise<RawConnection> =>
  dialTls(broker, authority.issue(options))

const ann: CertificateOptions = { subject: [['CN', 'ann']], names: ['ann.example.org'] }

async function mechanismsOf(connection: RawConnection): Promise<string> {
  return (await connection.start()).mechanisms.toString()
}

describe('EXTERNAL', () => {
  it.each([
    ['common_name', 'ann'],
    ['distinguished_name', 'CN=ann'],
    ['subject_alternative_name', 'ann.example.org'],
  ] as const)('logs in as who the certificate names by its %s', async (tlsLoginFrom, username) => {
    const { broker, log } = await startBroker(username, { tlsLoginFrom })
    const connection = await dial(broker, ann)
    expect(await mechanismsOf(connection)).toBe('PLAIN AMQPLAIN EXTERNAL')
    await connection.login(EXTERNAL)
    connection.sendTuneOk().send(CONNECTION_OPEN, { virtualHost: '/' })
    await connection.control.expect(CONNECTION_OPEN_OK)
    expect(log.lines.at(-1)).toEqual(['info', 'Connection opened', { user: username, vhost: '/' }])
  })

  it('does not look at what the client says that it is', async () => {
    const { broker, log } = await startBroker('ann')
    const connection = await dial(broker, ann)
    await connection.start()
    await connection.login({ ...EXTERNAL, response: Buffer.from('guest') })
    connection.sendTuneOk().send(CONNECTION_OPEN, { virtualHost: '/' })
    await connection.control.expect(CONNECTION_OPEN_OK)
    expect(log.lines.at(-1)?.[2]).toMatchObject({ user: 'ann' })
  })

  it('refuses a certificate of nobody', async () => {
    const { broker, log } = await startBroker('ann')
    const connection = await dial(broker, { subject: [['CN', 'bob']] })
    await connection.start()
    connection.sendStartOk(EXTERNAL)
    await connection.expectClose(403, REFUSED, 0)
    expect(log.lines).toContainEqual(['warn', 'Refused a login', { user: 'bob' }])
  })

  it.each([
    ['without a certificate', undefined],
    ['with one that names nobody', { subject: [['O', 'Hares']] }],
  ] as const)('is not offered %s', async (_how, options) => {
    const { broker } = await startBroker('ann')
    const certified = options === undefined ? {} : authority.issue(options)
    const connection = await dialTls(broker, certified)
    expect(await mechanismsOf(connection)).toBe('PLAIN AMQPLAIN')
    connection.sendStartOk(EXTERNAL)
    await connection.wire.ended()
  })

  it('is not offered where certificates are not asked for', async () => {
    const { broker } = await startBroker('ann', { tlsVerify: 'none' })
    expect(await mechanismsOf(await dial(broker, ann))).toBe('PLAIN AMQPLAIN')
  })

  it('leaves the other ways in as they are', async () => {
    const { broker } = await startBroker('ann')
    await (await dial(broker, ann)).open({ username: 'guest', password: 'guest' })
    await (await dial(broker, ann)).open({ username: 'ann', password: 'unguessable' })
  })
})
