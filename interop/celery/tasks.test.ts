// A Celery worker and what is asked of it every day. Results come as messages (rpc).

import { afterAll, beforeAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { PROCESS_TIMEOUT_MS, peerTest } from '../support/peer-test.ts'
import { CeleryApplication, RPC } from './worker.ts'

const test = peerTest('celery')
const broker = await startBroker()
afterAll(() => broker.close())
const application = new CeleryApplication(broker.url, RPC)
const { run } = application.scenarios()
let worker = ''
beforeAll(async () => {
  const flags = ['--concurrency', '2']
  const { name, program } = await application.startWorker(flags, { outlivesTest: true })
  worker = name
  return () => program.kill()
}, PROCESS_TIMEOUT_MS)

test('tasks are done alone and in groups, and their results and exceptions come back', async () => {
  expect(await run('results')).toEqual([
    5,
    'on purpose',
    Array.from({ length: 50 }, (_, number) => 2 * number),
  ])
})

test('a task is retried after a countdown until it succeeds or gives up', async () => {
  expect(await run('retries')).toEqual([3, 'not yet'])
})

test('tasks with an estimated time of arrival are done when it has come', async () => {
  expect(await run('estimated_times')).toEqual([2, true, 4])
})

test('chains pass results on, and end with the first exception', async () => {
  expect(await run('chains')).toEqual([10, [11, 12, 13], 'broken'])
})

test('a worker answers remote control, and forgets a task that is revoked', async () => {
  expect(await run('remote_control', worker)).toEqual({
    ping: { ok: 'pong' },
    registered: expect.arrayContaining(['tasks.add', 'tasks.flaky', 'tasks.total']),
    queues: [[true, 10]],
    pool: 2,
    revoked: true,
    'rate limit': { ok: 'new rate limit set successfully' },
  })
})

test('a task that is revoked before it comes is not done', async () => {
  expect(await run('revoked_before_it_comes', worker)).toBe(2)
})

test('a task whose process dies is done again by the next', async () => {
  expect(await run('lost_process')).toBe('done again')
})
