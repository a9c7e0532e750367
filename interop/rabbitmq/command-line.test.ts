// The commands of `leveret`, given to a real RabbitMQ and to Leveret: they do and say the same.

import { afterAll, describe, expect, inject, test } from 'vitest'
import { createBroker } from '../../src/index.ts'
import { type Outcome, type RunOptions, runProgram } from '../../test/support/program.ts'

const reference = inject('reference')
const missing = 'missing' in reference ? reference.missing : undefined
const how = missing === undefined ? '' : ` (skipped: ${missing})`

const broker = await createBroker({ port: 0, managementPort: 0 })
afterAll(() => broker.close())

const OURS = { url: broker.managementUrl ?? '', amqp: broker.url }
const THEIRS =
  'missing' in reference
    ? OURS
    : {
        url: `http://127.0.0.1:${reference.managementPort}`,
        amqp: `amqp://127.0.0.1:${reference.port}`,
      }

const VHOST = 'command-line'

function run(url: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const environment = { LEVERET_URL: url, LEVERET_VHOST: VHOST, ...options.environment }
  return runProgram(args, { ...options, environment })
}

/** What the command does at RabbitMQ, when it does the same at Leveret. */
async function same(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [theirs, ours] = await Promise.all([
    run(THEIRS.url, args, options),
    run(OURS.url, args, options),
  ])
  expect(ours, `leveret ${args.join(' ')}`).toEqual(theirs)
  return theirs
}

/** For what versions of RabbitMQ say in different words. */
async function endWith(code: number, args: readonly string[], options?: RunOptions): Promise<void> {
  for (const { url } of [THEIRS, OURS]) {
    const { exitCode, stderr } = await run(url, args, options)
    expect(exitCode, `leveret ${args.join(' ')}: ${stderr}`).toBe(code)
  }
}

async function succeeds(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await same(args)
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
  return stdout
}

test(`there is a RabbitMQ to give them to${how}`, () => {
  if (missing !== undefined) {
    expect(process.env['CI'], 'a build server must have one').toBeUndefined()
  }
})

describe.skipIf(missing !== undefined)(`the commands at a real RabbitMQ${how}`, () => {
  test('virtual hosts', async () => {
    expect(await succeeds('vhost', 'add', VHOST, '--json')).toBe('{"created":true}\n')
    expect(await succeeds('vhost', 'add', VHOST, '--json')).toBe('{"created":false}\n')
    expect((await same(['vhost', 'delete', 'no-such'])).exitCode).toBe(4)
  })

  test('queues, exchanges and bindings', async () => {
    await succeeds('declare', 'queue', 'q/1', '--argument', 'x-max-length=5')
    expect(await succeeds('declare', 'queue', 'q/1', '--argument', 'x-max-length=5')).toBe('')
    expect((await same(['declare', 'queue', 'q/1', '--argument', 'x-max-length=6'])).exitCode).toBe(
      1,
    )
    expect((await same(['declare', 'queue', 'q/1', '--transient'])).exitCode).toBe(1)
    expect(await succeeds('list', 'queues', '--columns', 'name,durable,arguments')).toBe(
      'q/1\ttrue\t{"x-max-length":5}\n',
    )
    await succeeds('declare', 'exchange', 'x', '--type', 'topic')
    await succeeds('declare', 'binding', 'x', 'q/1', '--routing-key', 'a.#')
    expect(await succeeds('list', 'bindings', '--sort', 'source')).toContain('\tx\tqueue\tq/1\ta.#')
    expect(await succeeds('list', 'exchanges', '--sort', 'name')).toContain('\tx\ttopic\ttrue')
  })

  test('messages', async () => {
    await succeeds('publish', 'a.b', 'first', '--exchange', 'x', '--header', 'n=1', '--persistent')
    expect((await same(['publish', 'b', 'lost', '--exchange', 'x'])).exitCode).toBe(6)
    await same(['publish', 'q/1', '--lines'], { input: 'one\ntwo\n' })
    await same(['publish', 'q/1'], { input: Buffer.from([0xff, 0x00]) })
    expect(await succeeds('get', 'q/1', '--then', 'requeue')).toBe(
      'x\ta.b\tfalse\t5\t{"delivery_mode":2,"headers":{"n":1}}\tfirst\n',
    )
    expect(await succeeds('get', 'q/1', '--count', '9')).toMatch(/first\n.*one\n.*two\n.*\/wA=\n$/)
    expect(await succeeds('get', 'q/1')).toBe('')
    await succeeds('purge', 'q/1')
    for (const args of [
      ['get', 'nothing'],
      ['publish', 'k', 'x', '--exchange', 'nothing'],
    ]) {
      await endWith(4, args)
    }
  })

  test('users, permissions and policies', async () => {
    const user = 'command-line-user'
    await same(['user', 'add', user, '--tags', 'management'], { input: 'first' })
    await same(['user', 'password', user], { input: 'second' })
    await succeeds('permissions', 'set', user, '^u-', '.*', '^$')
    await succeeds('permissions', 'set-topic', user, 'x', '^a', '.*')
    expect(await succeeds('list', 'permissions', '--sort', 'user')).toContain(
      `${user}\t^u-\t.*\t^$`,
    )
    expect(await succeeds('list', 'topic-permissions')).toBe(`${VHOST}\t${user}\tx\t^a\t.*\n`)
    const environment = { LEVERET_USER: user, LEVERET_PASSWORD: 'second' }
    const mine = await same(['declare', 'queue', 'u-1'], { environment })
    expect(mine.exitCode).toBe(0)
    await endWith(5, ['declare', 'queue', 'v-1'], { environment })
    await succeeds('user', 'tags', user, 'monitoring')
    expect((await same(['list', 'users'], { environment })).exitCode).toBe(5)
    await succeeds('policy', 'set', 'p', '^q', 'max-length=7', '--priority', '1')
    expect(await succeeds('list', 'policies')).toBe(`${VHOST}\tp\t^q\tall\t1\t{"max-length":7}\n`)
    await succeeds('policy', 'delete', 'p')
    await succeeds('permissions', 'clear-topic', user)
    await succeeds('permissions', 'clear', user)
    await succeeds('user', 'delete', user)
  })

  test('definitions of the one are taken by the other', async () => {
    const { stdout } = await run(THEIRS.url, ['definitions', 'export'])
    const copy = { environment: { LEVERET_VHOST: 'copy' } }
    await run(OURS.url, ['vhost', 'add', 'copy'])
    const imported = await run(OURS.url, ['definitions', 'import', '-'], { ...copy, input: stdout })
    expect(imported).toMatchObject({ exitCode: 0 })
    const queues = ['list', 'queues', '--columns', 'name,durable,arguments', '--sort', 'name']
    const [theirs, ours] = [await run(THEIRS.url, queues), await run(OURS.url, queues, copy)]
    expect(ours.stdout).toBe(theirs.stdout)
    const back = await run(OURS.url, ['definitions', 'export'], copy)
    const taken = await run(THEIRS.url, ['definitions', 'import', '-'], { input: back.stdout })
    expect(taken).toMatchObject({ exitCode: 0 })
  })

  test('what it says of itself', async () => {
    expect((await run(THEIRS.url, ['status'])).stdout).toMatch(/^Broker\tRabbitMQ 3\./)
    for (const what of ['connections', 'channels', 'consumers']) {
      expect((await run(THEIRS.url, ['list', what])).exitCode).toBe(0)
    }
  })

  test('who is not known', async () => {
    const environment = { LEVERET_PASSWORD: 'wrong' }
    const { exitCode, stderr } = await run(THEIRS.url, ['list', 'queues'], { environment })
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 5,
      stderr: expect.stringMatching(/^leveret: .*: user "guest"\n$/),
    })
  })

  test('what only Leveret can do', async () => {
    for (const args of [
      ['peek', 'q/1'],
      ['move', 'q/1'],
      ['delete', 'message', 'q/1', '0-0'],
      ['explain-route', 'x', 'a'],
    ]) {
      const { exitCode, stderr } = await run(THEIRS.url, args)
      expect({ args, exitCode }).toEqual({ args, exitCode: 7 })
      expect(stderr).toMatch(/needs Leveret, and this broker is another\n$/)
    }
    expect((await run(THEIRS.url, ['peek', 'nothing'])).exitCode).toBe(7)
  })

  test('measuring', async () => {
    const load = ['--messages', '300', '--confirms', '50', '--prefetch', '20', '--persistent']
    const { exitCode, stdout } = await run(THEIRS.url, [
      ...['bench', '--amqp', `${THEIRS.amqp}/${VHOST}`, '--json', ...load],
    ])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ published: 300, consumed: 300, faults: [] })
    const wrong = THEIRS.amqp.replace('//', '//guest:wrong@')
    expect((await run(THEIRS.url, ['bench', '--amqp', wrong])).exitCode).toBe(5)
  })

  test('deleting it all', async () => {
    await succeeds('delete', 'binding', 'x', 'q/1', '--routing-key', 'a.#')
    expect((await same(['delete', 'binding', 'x', 'q/1'])).exitCode).toBe(4)
    await succeeds('delete', 'exchange', 'x', '--if-unused')
    await succeeds('delete', 'queue', 'q/1', '--if-empty')
    expect((await same(['delete', 'queue', 'q/1'])).exitCode).toBe(4)
    await succeeds('vhost', 'delete', VHOST)
  })
})
