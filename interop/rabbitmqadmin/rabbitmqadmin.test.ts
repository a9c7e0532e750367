// The script that comes with RabbitMQ, which scripts of operators are written with.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { peerTest } from '../support/peer-test.ts'
import { type Outcome, outputOf, runProgram } from '../support/program.ts'
import { pythonCommand } from '../support/python.ts'

const { ownBroker: test } = peerTest('rabbitmqadmin')
const SCRIPT = '/usr/bin/rabbitmqadmin'

const start = (): Promise<Broker> => createBroker({ port: 0, managementPort: 0 })
const broker = await start()
afterAll(() => broker.close())

function command(args: readonly string[], port = broker.managementPort): string[] {
  return pythonCommand([SCRIPT, '--host', '127.0.0.1', '--port', String(port), ...args])
}

const rabbitmqadmin = (...args: string[]): Promise<string> => outputOf(command(args))
const refused = (...args: string[]): Promise<Outcome> => runProgram(command(args))

/** What it lists, as it got it. */
async function list(...args: string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse(await rabbitmqadmin('-f', 'raw_json', 'list', ...args))
}

test('it shows the broker', async () => {
  const table = await rabbitmqadmin('show', 'overview')
  expect(table).toContain('rabbitmq_version')
  expect(table).toMatch(/4\.2\.0/)
  expect(await rabbitmqadmin('list', 'nodes', 'name', 'type')).toContain('leveret@')
})

test('it declares, lists and deletes what messages go through', async () => {
  expect(await rabbitmqadmin('declare', 'exchange', 'name=x', 'type=topic')).toBe(
    'exchange declared\n',
  )
  const queue = ['name=q', 'durable=true', 'arguments={"x-max-length": 5}']
  expect(await rabbitmqadmin('declare', 'queue', ...queue)).toBe('queue declared\n')
  const binding = ['source=x', 'destination_type=queue', 'destination=q', 'routing_key=a.#']
  expect(await rabbitmqadmin('declare', 'binding', ...binding)).toBe('binding declared\n')
  expect(await list('queues', 'name', 'durable', 'arguments')).toEqual([
    { name: 'q', durable: true, arguments: { 'x-max-length': 5 } },
  ])
  const [bound] = (await list('bindings')).filter(({ source }) => source === 'x')
  expect(bound).toMatchObject({ destination: 'q', routing_key: 'a.#', properties_key: 'a.%23' })
  expect(await rabbitmqadmin('list', 'queues')).toMatch(/\| q +\| 0 +\|/)
  const named = ['source=x', 'destination_type=queue', 'destination=q', 'properties_key=a.%23']
  expect(await rabbitmqadmin('delete', 'binding', ...named)).toBe('binding deleted\n')
  expect(await rabbitmqadmin('delete', 'queue', 'name=q')).toBe('queue deleted\n')
  expect(await rabbitmqadmin('delete', 'exchange', 'name=x')).toBe('exchange deleted\n')
  expect(await list('queues')).toEqual([])
})

test('it declares queues of each type', async () => {
  for (const type of ['classic', 'quorum', 'stream']) {
    await rabbitmqadmin('declare', 'queue', `name=${type}`, `queue_type=${type}`)
    const [queue] = (await list('queues')).filter(({ name }) => name === type)
    expect(queue).toMatchObject({ type, state: 'running' })
    await rabbitmqadmin('delete', 'queue', `name=${type}`)
  }
})

test('it publishes, looks at messages, takes them, and purges', async () => {
  await rabbitmqadmin('declare', 'queue', 'name=m')
  const publish = (payload: string, ...more: string[]): Promise<string> =>
    rabbitmqadmin('publish', 'routing_key=m', `payload=${payload}`, ...more)
  expect(await publish('first', 'properties={"delivery_mode":2}')).toBe('Message published\n')
  expect(await publish('second')).toBe('Message published\n')
  expect(await rabbitmqadmin('publish', 'routing_key=nowhere', 'payload=x')).toBe(
    'Message published but NOT routed\n',
  )
  expect(await rabbitmqadmin('get', 'queue=m', 'count=2')).toMatch(/first[\s\S]*second/)
  const taken = await rabbitmqadmin('get', 'queue=m', 'ackmode=ack_requeue_false')
  expect(taken).toContain('first')
  expect(await list('queues', 'name', 'messages')).toEqual([{ name: 'm', messages: 1 }])
  expect(await rabbitmqadmin('purge', 'queue', 'name=m')).toBe('queue purged\n')
  expect(await rabbitmqadmin('get', 'queue=m')).toBe('No items\n')
  await rabbitmqadmin('delete', 'queue', 'name=m')
})

test('it administers users, virtual hosts, permissions, policies, parameters and limits', async () => {
  await rabbitmqadmin('declare', 'vhost', 'name=v')
  await rabbitmqadmin('declare', 'user', 'name=u', 'password=p', 'tags=monitoring')
  const rights = ['configure=.*', 'write=.*', 'read=.*']
  await rabbitmqadmin('declare', 'permission', 'vhost=v', 'user=u', ...rights)
  const policy = ['name=p', 'pattern=^q', 'definition={"max-length":3}', 'apply-to=queues']
  await rabbitmqadmin('-V', 'v', 'declare', 'policy', ...policy)
  await rabbitmqadmin('-V', 'v', 'declare', 'operator_policy', ...policy)
  const shovel = ['component=shovel', 'name=s', 'value={"src-queue":"q"}']
  await rabbitmqadmin('-V', 'v', 'declare', 'parameter', ...shovel)
  await rabbitmqadmin('declare', 'vhost_limit', 'vhost=v', 'name=max-queues', 'value=7')
  const shown = await outputOf(command(['-u', 'u', '-p', 'p', 'list', 'vhosts', 'name']))
  expect(shown).toContain('| v ')
  expect(await list('policies')).toMatchObject([{ name: 'p', 'apply-to': 'queues', priority: 0 }])
  expect(await list('operator_policies')).toHaveLength(1)
  expect(await list('parameters')).toHaveLength(3)
  expect(await list('vhost_limits')).toEqual([{ vhost: 'v', value: { 'max-queues': 7 } }])
  for (const kind of ['policy', 'operator_policy']) {
    await rabbitmqadmin('-V', 'v', 'delete', kind, 'name=p')
  }
  await rabbitmqadmin('-V', 'v', 'delete', 'parameter', 'component=shovel', 'name=s')
  await rabbitmqadmin('delete', 'vhost_limit', 'vhost=v', 'name=max-queues')
  await rabbitmqadmin('delete', 'permission', 'vhost=v', 'user=u')
  await rabbitmqadmin('delete', 'user', 'name=u')
  await rabbitmqadmin('delete', 'vhost', 'name=v')
  expect(await list('users')).toHaveLength(1)
  expect(await list('permissions')).toHaveLength(1)
  expect(await list('parameters')).toEqual([])
})

test('it lists connections, channels and consumers, and closes a connection', async () => {
  const { connect } = await import('amqplib')
  const connection = await connect(broker.url)
  const closed = new Promise<Error>((resolve) => connection.once('close', resolve))
  const channel = await connection.createChannel()
  const { queue } = await channel.assertQueue('', { exclusive: true })
  await channel.consume(queue, () => {})
  const [{ name = '' } = {}] = await list('connections')
  expect(await list('channels', 'name')).toEqual([{ name: `${String(name)} (1)` }])
  expect(await list('consumers')).toMatchObject([{ queue: { name: queue, vhost: '/' } }])
  await rabbitmqadmin('close', 'connection', `name=${String(name)}`)
  expect((await closed).message).toContain('Closed via management plugin')
})

test('it exports definitions that it can import into another broker', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'leveret-rabbitmqadmin-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'definitions.json')
  await rabbitmqadmin('declare', 'queue', 'name=kept', 'arguments={"x-message-ttl":1000}')
  await rabbitmqadmin('declare', 'user', 'name=other', 'password=p', 'tags=')
  expect(await rabbitmqadmin('export', file)).toContain('Exported definitions')
  const document = JSON.parse(readFileSync(file, 'utf8'))
  expect(document.queues).toMatchObject([{ name: 'kept', arguments: { 'x-message-ttl': 1000 } }])
  const second = await start()
  onTestFinished(() => second.close())
  const imported = await outputOf(command(['import', file], second.managementPort))
  expect(imported).toContain('Uploaded definitions')
  const queues = await outputOf(command(['list', 'queues'], second.managementPort))
  expect(queues).toContain('kept')
  expect(second.users.list().map(({ name }) => name)).toContain('other')
})

test('it says what the broker refuses', async () => {
  const missing = await refused('delete', 'queue', 'name=nothing')
  expect([missing.exitCode, missing.stdout + missing.stderr]).toMatchObject([
    1,
    expect.stringContaining('*** Not found: /api/queues/%2F/nothing'),
  ])
  const wrong = await refused('-p', 'wrong', 'list', 'queues')
  expect(wrong.stdout + wrong.stderr).toContain('*** Access refused: /api/queues')
  const bad = await refused('declare', 'queue', 'name=q', 'arguments={"x-expires":0}')
  expect(bad.stdout + bad.stderr).toContain("invalid arg 'x-expires'")
})
