import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'
import { temporaryDirectory } from '../../../support/temporary-directory.ts'

const leveret = await ClientProgram.start()

beforeEach(async () => {
  await leveret.output(['declare', 'queue', 'q'])
  await leveret.output(['purge', 'q'])
})

const bodies = async (args: readonly string[]): Promise<unknown[]> => {
  const messages = await leveret.json<{ payload: string }[]>(args)
  return messages.map(({ payload }) => payload)
}

it('publishes a body that is given, in a file, or on standard input', async () => {
  const file = join(temporaryDirectory(), 'body')
  writeFileSync(file, Buffer.from([0xff, 0, 1]))
  expect(await leveret.json(['publish', 'q', 'given'])).toEqual({ routed: true })
  await leveret.output(['publish', 'q', '--file', file])
  await leveret.output(['publish', 'q'], { input: 'from\nstandard input' })
  await leveret.output(['publish', 'q', '--lines'], { input: 'one\ntwo\n' })
  expect(await bodies(['get', 'q', '--count', '10'])).toEqual([
    'given',
    Buffer.from([0xff, 0, 1]).toString('base64'),
    'from\nstandard input',
    'one',
    'two',
  ])
})

it('publishes with properties and headers', async () => {
  const properties = ['--persistent', '--property', 'content_type=text/plain', '--header', 'n=1']
  await leveret.output(['publish', 'q', 'x', ...properties, '--header', 'who=me'])
  const [message] = await leveret.json<Record<string, unknown>[]>(['get', 'q'])
  expect(message?.['properties']).toEqual({
    delivery_mode: 2,
    content_type: 'text/plain',
    headers: { n: 1, who: 'me' },
  })
})

it('says with its exit code that no queue got the message', async () => {
  expect(await leveret.run(['publish', 'nowhere', 'x'])).toEqual({
    exitCode: 6,
    stdout: '',
    stderr: 'leveret: published, but no queue got it\n',
  })
  const lines = await leveret.run(['publish', 'nowhere', '--lines', '--json'], { input: 'a\nb' })
  expect(lines).toMatchObject({ exitCode: 6, stderr: 'leveret: no queue got 2 messages\n' })
  expect(JSON.parse(lines.stdout)).toEqual({ published: 2, routed: 0 })
})

it('takes messages, puts them back or rejects them', async () => {
  await leveret.output(['publish', 'q', '--lines'], { input: 'one\ntwo' })
  expect(await bodies(['get', 'q', '--then', 'requeue'])).toEqual(['one'])
  expect(await bodies(['get', 'q', '--then', 'reject'])).toEqual(['one'])
  expect(await bodies(['get', 'q', '--truncate', '2'])).toEqual(['tw'])
  expect(await bodies(['get', 'q'])).toEqual([])
})

it('prints bodies as they are', async () => {
  await leveret.output(['publish', 'q', '--lines'], { input: 'one\ntwo' })
  expect(await leveret.output(['get', 'q', '--count', '2', '--raw'])).toBe('onetwo')
})

it('lists messages in lines with tabs, in which nothing else is a tab or a line', async () => {
  await leveret.output(['publish', 'q', 'a\tb\nc\u001b]0;title\u0007'])
  const line = await leveret.output(['get', 'q'])
  expect(line.split('\n')).toHaveLength(2)
  expect(line.trimEnd().split('\t')).toEqual([
    ...['', 'q', 'false', '15', '', String.raw`a\tb\nc\x1b]0;title\x07`],
  ])
})

it('looks at messages without taking or marking them', async () => {
  await leveret.output(['publish', 'q', '--lines'], { input: 'one\ntwo\nthree' })
  for (const _again of [1, 2]) {
    expect(await bodies(['peek', 'q', '--from', '1', '--count', '1'])).toEqual(['two'])
  }
  expect(await leveret.output(['peek', 'q', '--raw', '--truncate', '2'])).toBe('ontwth')
  const taken = await leveret.json<object[]>(['get', 'q', '--count', '3'])
  expect(taken).toMatchObject(Array(3).fill({ redelivered: false }))
})

it('deletes the one message that it is told', async () => {
  await leveret.output(['publish', 'q', '--lines'], { input: 'one\ntwo\nthree' })
  const items = await leveret.json<{ id: string }[]>(['peek', 'q'])
  expect(await leveret.json(['delete', 'message', 'q', items[1]?.id ?? ''])).toEqual({
    deleted: true,
  })
  expect(await bodies(['get', 'q', '--count', '3'])).toEqual(['one', 'three'])
})

it('shows messages that a consumer has', async () => {
  const connection = await connect(leveret.broker.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createChannel()
  await leveret.output(['publish', 'q', 'held'])
  await channel.get('q')
  expect(await bodies(['peek', 'q', '--state', 'unacked'])).toEqual(['held'])
  expect(await bodies(['peek', 'q'])).toEqual([])
})

it('explains where a message would go', async () => {
  await leveret.output(['declare', 'exchange', 'x', '--type', 'topic'])
  await leveret.output(['declare', 'binding', 'x', 'q', '--routing-key', 'a.*'])
  expect(await leveret.json(['explain-route', 'x', 'a.b'])).toMatchObject({
    routed: true,
    queues: ['q'],
  })
  const none = await leveret.run(['explain-route', 'x', 'b.c'])
  expect(none.exitCode).toBe(6)
  expect(none.stdout).toContain('a.*')
})
