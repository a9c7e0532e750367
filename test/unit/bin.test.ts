import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { CONNECTION_CLOSE, QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it, onTestFinished } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { Authority } from '../support/certificates.ts'
import { RunningProgram, runProgram } from '../support/program.ts'
import { RawConnection } from '../support/raw-client.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

async function connect(program: RunningProgram): Promise<RawConnection> {
  return RawConnection.dial({ host: '127.0.0.1', port: await program.port() })
}

describe('leveret', () => {
  it('prints its help and its version', async () => {
    expect(await runProgram(['--help'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('--data-dir <text>'),
      stderr: '',
    })
    expect(await runProgram(['--version'])).toEqual({
      exitCode: 0,
      stdout: `leveret ${manifest.version}\n`,
      stderr: '',
    })
  })

  it.each([
    [['--port', 'high'], '--port: expected a port from 1 to 65535'],
    [['--prot', '1'], 'there is no option "--prot", did you mean "--port"?'],
    [['--config', tmpdir()], 'cannot read the configuration file: EISDIR'],
    [
      ['--data-dir', 'none', '--host', '192.0.2.1'],
      'cannot listen on 192.0.2.1:5672: this machine has no such address',
    ],
  ])('refuses %j with one line and exit code 1', async (args, message) => {
    const { exitCode, stderr } = await runProgram(args)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^leveret: [^\n]+\n$/)
    expect(stderr).toContain(message)
  })

  it.each([
    [['begin'], 'there is no command "begin"'],
    [['lsit', 'queues'], 'there is no command "lsit", did you mean "list"?'],
    [['--port', '1', 'list'], 'options of "start" cannot stand before "list"'],
  ])('refuses %j with one line and exit code 2', async (args, message) => {
    expect(await runProgram(args)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `leveret: ${message}\n`,
    })
  })

  it('says in one line that its port is in use', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const { exitCode, stderr } = await runProgram([
      ...['--port', String(port)],
      ...['--data-dir', 'none', '--log-level', 'silent'],
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      `leveret: cannot listen on 127.0.0.1:${port}: another program uses this port; choose one with --port\n`,
    )
  })

  it('says where it listens, how long it took, and that it is ready', async () => {
    const program = RunningProgram.start()
    await program.message(/^Server startup complete$/)
    expect(await program.message(/^Listening/)).toMatch(
      /^Listening on 127\.0\.0\.1:\d+, after \d+ ms$/,
    )
    await (await connect(program)).open()
  })

  it('opens the management API, and says where', async () => {
    const program = RunningProgram.start(['--management-port', '0'])
    const [url] = /http:.*$/.exec(await program.message(/^Management API on/)) ?? []
    expect((await fetch(`${url}/api/whoami`)).status).toBe(401)
  })

  it('serves clients without the management API when its port is in use', async () => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const program = RunningProgram.start(['--management-port', String(port)])
    await program.message(/^The management API cannot be opened/)
    await program.message(/^Server startup complete$/)
    await (await connect(program)).open()
  })

  it('takes its user from the variables of RabbitMQ, and never logs the password', async () => {
    const program = RunningProgram.start(['start', '--log-level', 'debug'], {
      RABBITMQ_DEFAULT_USER: 'app',
      RABBITMQ_DEFAULT_PASS: 'open sesame',
      RABBITMQ_DEFAULT_VHOST: 'orders',
    })
    const connection = await connect(program)
    await connection.open({ username: 'app', password: 'open sesame', virtualHost: 'orders' })
    await connection.close()
    const guest = await connect(program)
    await expect(guest.open()).rejects.toThrow()
    guest.wire.destroy()
    program.signal('SIGTERM')
    expect(await program.exitCode()).toBe(0)
    expect(JSON.stringify(program.log)).not.toContain('sesame')
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes its connections and ends well on %s',
    async (signal) => {
      const program = RunningProgram.start()
      const connection = await (await connect(program)).open()
      program.signal(signal)
      expect(await program.message(/^Stopping/)).toBe('Stopping, waiting for 1 connection to close')
      await connection.expectClose(
        320,
        "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
        0,
      )
      expect(await program.exitCode()).toBe(0)
      expect(await program.message(/^Server stopped$/)).toBeDefined()
    },
  )

  it('ends at once on a second signal', async () => {
    const program = RunningProgram.start(['--shutdown-timeout', '600000'])
    const connection = await (await connect(program)).open()
    program.signal('SIGTERM')
    await connection.control.expect(CONNECTION_CLOSE)
    program.signal('SIGINT')
    expect(await program.exitCode()).toBe(130)
  })

  it('knows after a kill what was declared before', async () => {
    const dataDir = ['--data-dir', join(temporaryDirectory(), 'data')]
    const killed = RunningProgram.start(dataDir)
    const before = await (await (await connect(killed)).open()).channel()
    await before.send(QUEUE_DECLARE, { queue: 'q', durable: true }).expect(QUEUE_DECLARE_OK)
    killed.signal('SIGKILL')
    await killed.exitCode()
    const after = await (await (await connect(RunningProgram.start(dataDir))).open()).channel()
    expect(await after.counts('q')).toMatchObject({ queue: 'q' })
  })

  it('speaks TLS, and reads its certificates again on SIGHUP', async () => {
    const directory = temporaryDirectory()
    const authority = new Authority()
    const [certPath, keyPath] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
    const write = ({ cert, key } = authority.issue()): void => {
      writeFileSync(certPath, cert)
      writeFileSync(keyPath, key)
    }
    write()
    const program = RunningProgram.start(['--tls-port', '0', '--tls-cert', certPath], {
      LEVERET_TLS_KEY: keyPath,
    })
    const port = Number(/TLS on \S+:(\d+)/.exec(await program.message(/^Listening on/))?.[1])
    const dial = async (): Promise<[RawConnection, string]> => {
      const socket = connectTls({ host: '127.0.0.1', port, ca: authority.cert })
      onTestFinished(() => void socket.destroy())
      await once(socket, 'secureConnect')
      return [RawConnection.over(socket), socket.getPeerCertificate().fingerprint256]
    }
    const [before, oldPrint] = await dial()
    await before.open()
    write()
    program.signal('SIGHUP')
    await program.message(/^Read the TLS certificates again$/)
    const [after, newPrint] = await dial()
    await after.open()
    expect(newPrint).not.toBe(oldPrint)
    writeFileSync(certPath, 'nothing')
    program.signal('SIGHUP')
    await program.message(/^The certificates cannot be read again/)
    await (await dial())[0].open()
    await before.channel()
    expect(JSON.stringify(program.log)).not.toContain('PRIVATE')
  })

  it('says in one line what is wrong with its certificates', async () => {
    const { exitCode, stderr } = await runProgram([
      ...['--port', '0', '--data-dir', 'none', '--log-level', 'silent'],
      ...['--tls-cert', '/nowhere/cert.pem', '--tls-key', '/nowhere/key.pem'],
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^leveret: tls-(cert|key): cannot read the file: ENOENT[^\n]*\n$/)
  })

  it('says in one line that its data directory is in use', async () => {
    const dataDir = join(temporaryDirectory(), 'data')
    await RunningProgram.start(['--data-dir', dataDir]).port()
    const args = ['--port', '0', '--data-dir', dataDir]
    const { exitCode, stderr } = await runProgram(args)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^leveret: [^\n]+ is in use by another broker[^\n]*\n$/)
    expect(stderr).toContain(dataDir)
  })
})
