// What bull-board wants of a queue has grown with every major version of it, and is checked here with
// its own schemas: each of its routes is asked, of queues with and without everything.

import { readFileSync } from 'node:fs'
import { createBullBoard } from '@bull-board/api'
import type { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import { describe, expect, it } from 'vitest'
import { User } from '../../../src/auth/user.ts'
import { AmqpQueue, type QueueFacts } from '../../../src/dashboard/board/amqp-queue.ts'
import { queueKey } from '../../../src/dashboard/board/queue-key.ts'
import { QueueRequests } from '../../../src/dashboard/board/queue-requests.ts'
import { ServerAdapter } from '../../../src/dashboard/board/server-adapter.ts'
import type { ShownMessage } from '../../../src/dashboard/board/shown-message.ts'
import { UI_CONFIG } from '../../../src/dashboard/board/ui-config.ts'
import type { Question } from '../../../src/management/api.ts'

const DEATH = { queue: 'orders', reason: 'rejected', count: 2, time: 1_700_000_000, exchange: '' }

const MESSAGE: ShownMessage = {
  id: '0-1',
  state: 'ready',
  position: 0,
  payload_bytes: 2,
  redelivered: true,
  exchange: 'x',
  routing_key: 'k',
  properties: { priority: 3, timestamp: 1_700_000_000, headers: { 'x-death': [DEATH] } },
  payload: '{}',
  payload_encoding: 'string',
  truncated: false,
  delivery_count: 1,
  death: DEATH,
}

const CONSUMER = {
  consumer_tag: 'ctag',
  channel_details: { name: 'a -> b (1)', peer_host: '127.0.0.1', peer_port: 1 },
}

/** What the management API would answer. */
function answerTo({ method, path, query }: Question): unknown {
  if (path.endsWith('/publish')) return { routed: true }
  if (path.endsWith('/move')) return { moved: 1, kept: 1 }
  if (method === 'GET' && path.endsWith('/messages')) {
    return { items: [{ ...MESSAGE, state: query?.['state'], due_at: Date.now() + 1000 }] }
  }
  if (method === 'GET' && path.includes('/messages/')) return MESSAGE
  if (method === 'GET') return { consumer_details: [CONSUMER] }
  return undefined
}

const FACTS: QueueFacts = {
  vhost: '/',
  name: 'q%',
  readyCount: 1,
  unackedCount: 1,
  delayedCount: 1,
  consumerCount: 1,
  isPaused: true,
  holdsDeadLetters: true,
  description: 'classic',
  arguments: { 'x-max-length': 5, 'x-single-active-consumer': true },
}

const user = new User({ kind: 'user', name: 'u', passwordHash: '', tags: [], limits: new Map() })

function queueOf(facts: Partial<QueueFacts> = {}, isListed = false): AmqpQueue {
  const all = { ...FACTS, ...facts }
  const ask = async (question: Question) => ({ status: 200, body: answerTo(question) })
  const requests = new QueueRequests({ ask }, user, all)
  return new AmqpQueue({ facts: all, requests, isReadOnly: false, isListed })
}

const adapter = new ServerAdapter()
createBullBoard({
  queues: [],
  serverAdapter: adapter,
  options: { uiConfig: UI_CONFIG, validateResponses: true },
})

async function ask(route: string, queue: BaseAdapter, given: object = {}): Promise<unknown> {
  const [method = '', path] = route.split(' ')
  const found = adapter.routes.find(
    (one) => one.pattern.path === path && one.methods.includes(method),
  )
  if (found === undefined) throw new Error(`bull-board has no ${route}`)
  return await found.answer({
    queues: new Map([[queueKey(FACTS), queue]]),
    uiConfig: adapter.uiConfig,
    query: {},
    params: { queueName: queueKey(FACTS), jobId: '0-1', queueStatus: 'failed' },
    body: {},
    headers: {},
    ...given,
  })
}

/** All routes that the page uses, with what they need besides. */
const ASKED: readonly (readonly [string, object?])[] = [
  ['GET /api/queues', { query: { activeQueue: queueKey(FACTS), status: 'failed' } }],
  ['GET /api/queues/:queueName/metrics'],
  ['GET /api/queues/:queueName/default-job-options'],
  ['GET /api/queues/:queueName/workers'],
  ['GET /api/queues/:queueName/job-data-schema'],
  ['PUT /api/queues/pause'],
  ['PUT /api/queues/resume'],
  ['GET /api/queues/:queueName/:jobId/logs'],
  ['GET /api/queues/:queueName/:jobId'],
  ['POST /api/queues/:queueName/add', { body: { name: 'k', data: { payload: 'x' }, options: {} } }],
  ['PUT /api/queues/:queueName/promote'],
  ['PUT /api/queues/:queueName/clean/:queueStatus'],
  ['PUT /api/queues/:queueName/pause'],
  ['PUT /api/queues/:queueName/resume'],
  ['PUT /api/queues/:queueName/empty'],
  ['PUT /api/queues/:queueName/obliterate'],
  ['PUT /api/queues/:queueName/:jobId/retry'],
  ['PUT /api/queues/:queueName/:jobId/clean'],
  ['PUT /api/queues/:queueName/:jobId/promote'],
  ['GET /api/job-schedulers'],
  ['GET /api/queues/:queueName/rate-limit'],
]

/** Those that are refused, since queues have no such things. */
const NOT_ASKED = [
  'GET /api/redis/stats',
  'GET /api/queues/:queueName/:jobId/flow',
  'PUT /api/queues/:queueName/retry/:queueStatus',
  'PUT /api/queues/:queueName/concurrency',
  'PUT /api/queues/:queueName/rate-limit',
  'PUT /api/queues/:queueName/rate-limit/release',
  'PUT /api/queues/:queueName/job-schedulers/:schedulerId/remove',
  'PATCH /api/queues/:queueName/job-schedulers/:schedulerId',
  'PUT /api/queues/:queueName/job-schedulers/:schedulerId/run',
  'PATCH /api/queues/:queueName/:jobId/update-data',
  'PATCH /api/queues/:queueName/:jobId/delay',
  'PATCH /api/queues/:queueName/:jobId/priority',
  'PUT /api/queues/:queueName/:jobId/remove-unprocessed-children',
]

describe('bull-board', () => {
  it('is installed once, in one version, of which nothing else can be taken', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const version = dependencies['@bull-board/api']
    expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(dependencies['@bull-board/ui']).toBe(version)
  })

  it('has no route that nobody has thought of', () => {
    const routes = adapter.routes.map(({ methods, pattern }) => `${methods[0]} ${pattern.path}`)
    expect(routes.sort()).toEqual([...ASKED.map(([route]) => route), ...NOT_ASKED].sort())
  })

  it.each(ASKED.map(([route, given = {}]) => ({ route, given })))(
    'takes what a queue answers to $route',
    async ({ route, given }) => {
      const answer = (await ask(route, queueOf(), given)) as { status?: number; body: object }
      expect(answer.body).not.toHaveProperty('error')
      expect([undefined, 200, 204]).toContain(answer.status)
    },
  )

  it.each([true, false])('takes the list of queues (in short: %s)', async (isListed) => {
    for (const facts of [{}, { consumerCount: 0, holdsDeadLetters: false, isPaused: false }]) {
      const query = { activeQueue: queueKey(FACTS), status: '' }
      const { body } = (await ask('GET /api/queues', queueOf(facts, isListed), { query })) as {
        body: { queues: { jobs: object[]; counts: object; hasWorkers: boolean }[] }
      }
      const [queue] = body.queues
      expect(queue?.jobs).toHaveLength(3)
      expect(Object.values(queue?.counts ?? {})).toHaveLength(9)
      expect(queue?.hasWorkers).toBe(facts.consumerCount !== 0)
    }
  })

  it('asks nothing of a consumer to show that there is one', async () => {
    const silent = { ask: () => Promise.reject(new Error('asked')) }
    const requests = new QueueRequests(silent, user, FACTS)
    const queue = new AmqpQueue({ facts: FACTS, requests, isReadOnly: false, isListed: true })
    const { body } = (await ask('GET /api/queues', queue)) as { body: { queues: object[] } }
    expect(body.queues).toMatchObject([{ hasWorkers: true, jobs: [] }])
  })
})
