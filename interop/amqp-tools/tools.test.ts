// The command line tools of librabbitmq, as shell scripts use them.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { peerTest } from '../support/peer-test.ts'
import { outputOf, Program, runProgram } from '../support/program.ts'
import { Scratch, unique } from '../support/scratch.ts'

const test = peerTest('amqp-tools')
const broker = await startBroker()
// Of a cluster always the same node: nobody waits for what these commands publish.
const { url } = broker
const scratch = new Scratch()
afterAll(async () => {
  await scratch.clear()
  await broker.close()
})

const command = (tool: string, ...args: string[]): string[] => [
  `amqp-${tool}`,
  `--url=${url}`,
  ...args,
]

/** A durable queue, and what is in it line by line. */
async function declareQueue(label: string, lines: readonly string[] = []): Promise<string> {
  const queue = scratch.queue(label)
  await outputOf(command('declare-queue', '-d', '-q', queue))
  if (lines.length > 0) {
    await outputOf(command('publish', '-r', queue, '-p', '-l'), lines.map((l) => `${l}\n`).join(''))
  }
  return queue
}

/** Takes all there is; amqp-get ends with 2 when there is nothing. */
async function drain(queue: string): Promise<string[]> {
  const bodies: string[] = []
  for (;;) {
    const { exitCode, stdout } = await runProgram(command('get', '-q', queue))
    if (exitCode === 2) return bodies
    expect(exitCode).toBe(0)
    bodies.push(stdout)
  }
}

test('a queue is declared, by a name or by none, and deleted with what is in it', async () => {
  const queue = scratch.queue('declared')
  expect(await outputOf(command('declare-queue', '-q', queue))).toBe(`${queue}\n`)
  const named = (await outputOf(command('declare-queue', '-q', ''))).trim()
  expect(named).toMatch(/^amq\.gen-/)
  for (const body of ['1', '2']) {
    await outputOf(command('publish', '-r', queue, '-b', body))
  }
  expect(await outputOf(command('delete-queue', '-q', queue))).toBe('2\n')
  expect(await outputOf(command('delete-queue', '-q', named))).toBe('0\n')
  expect((await runProgram(command('get', '-q', queue))).stderr).toContain(
    `server channel error 404, message: NOT_FOUND - no queue '${queue}' in vhost '/'`,
  )
})

test('what is published is got in its order, until the queue is empty', async () => {
  const queue = await declareQueue('lines', ['first', 'second', 'third'])
  expect(await drain(queue)).toEqual(['first\n', 'second\n', 'third\n'])
})

test('a body comes from standard input, larger than a frame', async () => {
  const queue = await declareQueue('large')
  const body = 'abcdefghij'.repeat(40_000)
  await outputOf(command('publish', '-r', queue, '-C', 'text/plain', '-H', 'k: v'), body)
  expect(await drain(queue)).toEqual([body])
})

test('a command consumes each message, and acknowledges by its success', async () => {
  const queue = await declareQueue('consumed', ['a', 'b', 'c'])
  const consume = command('consume', '-q', queue, '-p', '1', '-c', '2', 'cat')
  expect(await outputOf(consume)).toBe('a\nb\n')
  expect(await drain(queue)).toEqual(['c\n'])
})

test('a message whose command fails goes back', async () => {
  const queue = await declareQueue('failed', ['precious'])
  await runProgram(command('consume', '-q', queue, '-c', '1', 'false'))
  expect(await drain(queue)).toEqual(['precious\n'])
})

test('a consumer binds a queue of its own to an exchange', async () => {
  const key = unique('key')
  const bound = command('consume', '-x', '-e', 'amq.topic', '-r', `${key}.*`, '-c', '2', 'cat')
  const consumer = new Program(bound)
  // It says nothing of being ready, so it is sent messages until it has what it waits for.
  const publish = command('publish', '-e', 'amq.topic', '-r', `${key}.x`, '-b', 'news')
  let hasEnded = false
  void consumer.ended.then(() => {
    hasEnded = true
  })
  while (!hasEnded) await outputOf(publish)
  expect(await consumer.ended).toMatchObject({ exitCode: 0, stdout: 'newsnews' })
})

test('a wrong password and a missing virtual host are told', async () => {
  const wrong = broker.url.replace(/:[^:@]*@/, ':wrong@')
  const refused = await runProgram(['amqp-get', `--url=${wrong}`, '-q', 'any'])
  expect(refused.exitCode).toBe(1)
  expect(refused.stderr).toContain(
    'server connection error 403, message: ACCESS_REFUSED - Login was refused using ' +
      'authentication mechanism PLAIN. For details see the broker logfile.',
  )
  const lost = await runProgram(['amqp-get', `--url=${broker.url}/nowhere`, '-q', 'any'])
  expect(lost.exitCode).toBe(1)
  expect(lost.stderr).toContain(
    'server connection error 530, message: NOT_ALLOWED - vhost nowhere not found',
  )
})
