import { connect } from 'amqplib'
import { expect, it, onTestFinished } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()

for (const name of ['q10', 'q2', 'q1']) await leveret.output(['declare', 'queue', name])
await leveret.output(['publish', 'q2', 'x'])

it('shows how the broker is doing', async () => {
  const shown = await leveret.output(['status'])
  expect(shown).toMatch(/^Node\tleveret@/m)
  expect(shown).toMatch(/^Alarms\tnone$/m)
  expect(shown).toMatch(/^Queues\t3, consumers 0$/m)
  expect(shown).toMatch(/^Messages\t1 ready, 0 unacked$/m)
  expect(await leveret.json(['status'])).toMatchObject({
    overview: { object_totals: { queues: 3 } },
    node: { mem_alarm: false },
  })
})

it('shows those who may not look at nodes the rest', async () => {
  await leveret.output(['user', 'add', 'm', '--tags', 'management'], { input: 'p' })
  const environment = { LEVERET_USER: 'm', LEVERET_PASSWORD: 'p' }
  const shown = await leveret.output(['status'], { environment })
  expect(shown).toMatch(/^Node\t/m)
  expect(shown).not.toContain('Uptime')
})

it('lists in lines with tabs for programs, without a heading', async () => {
  const columns = ['--columns', 'name,messages_ready,durable']
  expect(await leveret.output(['list', 'queues', ...columns, '--sort', 'name'])).toBe(
    'q1\t0\ttrue\nq2\t1\ttrue\nq10\t0\ttrue\n',
  )
  expect(await leveret.output(['list', 'queues', ...columns, '--sort', '-name'])).toBe(
    'q10\t0\ttrue\nq2\t1\ttrue\nq1\t0\ttrue\n',
  )
})

it('lists all that there is of a thing as JSON, unless columns are chosen', async () => {
  const [queue] = await leveret.json<object[]>(['list', 'queues', '--sort', '-messages_ready'])
  expect(queue).toMatchObject({ name: 'q2', vhost: '/', messages_ready: 1, arguments: {} })
})

it('says when nothing has a column that is asked for', async () => {
  const { exitCode, stdout, stderr } = await leveret.run([
    ...['list', 'queues', '--columns', 'name,mesages', '--sort', 'name'],
  ])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'q1\t\nq2\t\nq10\t\n' })
  expect(stderr).toBe('nothing here has a "mesages", did you mean "messages"?\n')
})

it('lists connections, channels and consumers, and closes a connection', async () => {
  const connection = await connect(leveret.broker.url)
  onTestFinished(() => connection.close().catch(() => {}))
  const closed = new Promise<Error>((resolve) => connection.once('close', resolve))
  const channel = await connection.createChannel()
  await channel.prefetch(7)
  await channel.consume('q1', () => {}, { consumerTag: 'me' })
  const [listed] = await leveret.json<{ name: string; user: string }[]>(['list', 'connections'])
  const name = listed?.name ?? ''
  expect(listed?.user).toBe('guest')
  expect(await leveret.output(['list', 'channels', '--columns', 'name,prefetch_count'])).toMatch(
    `${name} (1)\t`,
  )
  const consumers = ['list', 'consumers', '--columns', 'queue.name,consumer_tag,prefetch_count']
  expect(await leveret.output(consumers)).toBe('q1\tme\t7\n')
  await leveret.output(['delete', 'connection', name, '--reason', 'maintenance'])
  expect((await closed).message).toContain('maintenance')
})

it.each([
  ['exchanges', 'amq.topic'],
  ['bindings', 'q1'],
  ['users', 'guest\tadministrator'],
  ['vhosts', '/\t'],
  ['permissions', '/\tguest\t.*\t.*\t.*'],
  ['topic-permissions', ''],
  ['policies', ''],
  ['operator-policies', ''],
])('lists %s', async (what, expected) => {
  expect(await leveret.output(['list', what])).toContain(expected)
  expect(await leveret.output(['list', what, '--vhost', '/'])).toContain(expected)
  expect(await leveret.json(['list', what])).toBeInstanceOf(Array)
})
