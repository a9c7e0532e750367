// Workers of one kind or another: what they take first, what they hold, and what becomes of it when
// they die.

import { afterAll, expect } from 'vitest'
import { startBroker } from '../support/broker.ts'
import { Link } from '../support/link.ts'
import { peerTest } from '../support/peer-test.ts'
import { CeleryApplication, RPC, resultDirectory } from './worker.ts'

const test = peerTest('celery')
const broker = await startBroker()
afterAll(() => broker.close())

/** No acquaintance with other workers, which takes a second. */
const ALONE = ['--without-mingle', '--without-gossip']

/** One task at a time, in the worker's own process. */
const SOLO = [...ALONE, '--pool', 'solo']

/** A worker that holds no more than it works on, and tasks that are in the queue once they are sent. */
const ONE_BY_ONE = {
  task_acks_late: true,
  worker_prefetch_multiplier: 1,
  broker_transport_options: { confirm_publish: true },
}

test('urgent tasks are done first', async () => {
  const application = new CeleryApplication(broker.url, resultDirectory(), ONE_BY_ONE)
  const { run } = application.scenarios()
  const [waiting, ids] = (await run('priorities')) as [number, Record<string, string>]
  expect(waiting).toBe(4)
  await application.startWorker(SOLO)
  const priorities = ['9', '7', '5', '1']
  const order = await run('orders', ...priorities.map((priority) => ids[priority] as string))
  expect(order).toEqual([1, 2, 3, 4])
})

test('chords and groups in chains wait for all their parts', async () => {
  // Celery has no chords over rpc: results must be where several can be looked at.
  const application = new CeleryApplication(broker.url, resultDirectory())
  await application.startWorker([...ALONE, '--concurrency', '2'])
  expect(await application.scenarios().run('chords')).toEqual({
    chord: 30,
    'group in a chain': 130,
  })
})

test('what a worker had begun when it was killed is done by the next', async () => {
  const application = new CeleryApplication(broker.url, resultDirectory())
  const { run } = application.scenarios()
  const id = (await run('begin_interrupted')) as string
  const first = await application.startWorker(SOLO)
  expect(await first.program.line()).toBe('task has begun')
  await first.program.kill()
  await application.startWorker(SOLO)
  expect(await run('orders', id)).toEqual(['done by another'])
})

test('tasks for later do not keep a worker from those for now', async () => {
  const application = new CeleryApplication(broker.url, RPC, { worker_prefetch_multiplier: 2 })
  await application.startWorker([...ALONE, '--concurrency', '1'])
  expect(await application.scenarios().run('beyond_the_prefetch_limit', '5')).toBe(42)
})

test('a worker comes back after its connections were cut', async () => {
  const link = await Link.to(broker.url)
  const application = new CeleryApplication(link.url, resultDirectory())
  await application.startWorker([...ALONE, '--concurrency', '1'])
  const { run } = application.scenarios()
  expect(await run('now', '20', '22')).toBe(42)
  link.reset()
  expect(await run('now', '20', '22')).toBe(42)
  await link.close()
})
