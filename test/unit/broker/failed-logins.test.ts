// Guessing passwords: it is slow, and no password is ever in the log, right or wrong.

import { inspect } from 'node:util'
import { encodeFieldTable, fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../support/fake-clock.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { RunningBroker } from './running-broker.ts'

const REFUSED = 'Login was refused using authentication mechanism PLAIN'

describe('a client that guesses', () => {
  it('is not listened to after ten times, for a while', async () => {
    const [clock, log] = [new FakeClock(), new RecordingLogger()]
    const running = await RunningBroker.start({ clock, logger: log })
    const guess = (password: string) => running.connect({ username: 'guest', password })
    for (let i = 0; i < 10; i++) await expect(guess(`guess ${i}`)).rejects.toThrow(REFUSED)
    await expect(guess('guest')).rejects.toThrow(REFUSED)
    expect(log.lines).toContainEqual([
      'warn',
      'Refused a login: too many have failed before it',
      { user: 'guest', waitMs: 2000 },
    ])
    clock.advance(2000)
    await guess('guest')
  })

  it('does not keep others out', async () => {
    const running = await RunningBroker.start()
    const guess = () => running.connect({ username: 'root', password: 'root' })
    for (let i = 0; i < 11; i++) await expect(guess()).rejects.toThrow(REFUSED)
    await running.connect()
  })
})

describe('a password', () => {
  const PASSWORD = 'open sesame'

  it('is never logged, whatever becomes of the login', async () => {
    const log = new RecordingLogger()
    const running = await RunningBroker.start({
      logger: log,
      defaultPass: PASSWORD,
      handshakeTimeoutMs: 600_000,
    })
    const table = encodeFieldTable(fieldTableFromObject({ LOGIN: 'guest', PASSWORD })).subarray(4)
    const responses = [
      ['PLAIN', Buffer.from(`\0guest\0${PASSWORD}`)],
      ['PLAIN', Buffer.from(`\0nobody\0${PASSWORD}`)],
      ['PLAIN', Buffer.from(`guest\0${PASSWORD}`)],
      ['PLAIN', Buffer.from(PASSWORD)],
      ['AMQPLAIN', table],
      ['AMQPLAIN', table.subarray(0, -1)],
      ['AMQPLAIN', Buffer.from(`\0guest\0${PASSWORD}`)],
      ['EXTERNAL', Buffer.from(PASSWORD)],
      ['CRAM-MD5', Buffer.from(PASSWORD)],
    ] as const
    for (const capabilities of [{}, { authentication_failure_close: true }]) {
      for (const [mechanism, response] of responses) {
        const connection = await running.dial()
        await connection.start()
        connection.sendStartOk({ mechanism, response, clientProperties: { capabilities } })
      }
    }
    const broken = await running.dial()
    await broken.start()
    broken.wire.sendFrame(1, 0, Buffer.from(PASSWORD))
    broken.wire.write(Buffer.from(PASSWORD))
    await (await running.connect({ password: PASSWORD })).close()
    expect(log.lines.length).toBeGreaterThan(15)
    expect(JSON.stringify(log.lines, withErrors)).not.toContain('sesame')
  })
})

/** Errors show themselves to loggers only. */
const withErrors = (_key: string, value: unknown): unknown =>
  value instanceof Error ? inspect(value) : value
