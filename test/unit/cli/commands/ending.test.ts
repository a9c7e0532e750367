// How commands end that somebody stops: Ctrl-C, or a reader that has seen enough.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()
const bin = fileURLToPath(new URL('../../../../dist/bin.js', import.meta.url))

function start(...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  const env = { PATH: process.env['PATH'], LEVERET_URL: leveret.url }
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

it('shows a list again and again until Ctrl-C, which is no failure', async () => {
  const child = start('list', 'vhosts', '--watch', '0.1', '--json')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  for (const _time of [1, 2, 3]) {
    const { value } = await lines.next()
    expect(JSON.parse(value)).toMatchObject([{ name: '/' }])
  }
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
})

it('measures until Ctrl-C, and prints what it has measured until then', async () => {
  const amqp = `amqp://127.0.0.1:${leveret.broker.port}`
  const child = start('bench', '--amqp', amqp, '--duration', '600', '--rate', '100', '--json')
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await expect.poll(() => consumed(), { timeout: 30_000 }).toBe(true)
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(JSON.parse(text)).toMatchObject({ faults: [] })
  expect(await leveret.json(['list', 'queues'])).toEqual([])
})

async function consumed(): Promise<boolean> {
  const [queue] = await leveret.json<{ consumers: number }[]>(['list', 'queues'])
  return queue?.consumers === 1
}

it('ends without a word when nobody reads what it prints', async () => {
  const child = start('list', 'exchanges', '--watch', '0.1', '--json')
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  await once(child.stdout, 'data')
  child.stdout.destroy()
  expect(await once(child, 'close')).toEqual([0, null])
  expect(complaint).toBe('')
})
