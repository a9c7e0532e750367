// Definitions that a real RabbitMQ has exported are taken by Leveret, and those that Leveret then exports by
// RabbitMQ: what is defined is the same all the way, and passwords are.

import { expect, inject, it, onTestFinished } from 'vitest'
import { createBroker } from '../../src/index.ts'
import { Api } from './management/api.ts'

const reference = inject('reference')
const missing = 'missing' in reference ? reference.missing : undefined

const VHOST = 'defined'
const USER = 'defined-user'

const QUEUE_ARGUMENTS = {
  'x-message-ttl': 60_000,
  'x-max-length': 5_000_000_000,
  'x-dead-letter-exchange': 'dx',
  'x-single-active-consumer': true,
}
const BINDING_ARGUMENTS = {
  'x-match': 'any',
  text: 'ü',
  number: 3,
  list: [1, 'a'],
  table: { b: true },
}

const MADE: readonly (readonly [method: string, path: string, body: unknown])[] = [
  ['PUT', `/vhosts/${VHOST}`, { description: 'what it is for', tags: 'a,b' }],
  ['PUT', `/users/${USER}`, { password: 'sesame', tags: 'management,other' }],
  ['PUT', `/permissions/${VHOST}/${USER}`, { configure: '^c', write: '^w', read: '^r' }],
  ['PUT', `/permissions/${VHOST}/guest`, { configure: '.*', write: '.*', read: '.*' }],
  ['PUT', `/topic-permissions/${VHOST}/${USER}`, { exchange: 'topics', write: '^w', read: '^r' }],
  ['PUT', `/policies/${VHOST}/p`, { pattern: '^q', definition: { 'max-length': 9 }, priority: 3 }],
  ['PUT', `/operator-policies/${VHOST}/o`, { pattern: '^q', definition: { expires: 60_000 } }],
  ['PUT', `/vhost-limits/${VHOST}/max-queues`, { value: 50 }],
  ['PUT', `/user-limits/${USER}/max-channels`, { value: 7 }],
  ['PUT', '/global-parameters/defined', { value: { nested: [1, 'a', true] } }],
  ['PUT', `/exchanges/${VHOST}/topics`, { type: 'topic', durable: true }],
  ['PUT', `/exchanges/${VHOST}/dx`, { type: 'fanout', durable: true, internal: true }],
  [
    'PUT',
    `/exchanges/${VHOST}/h`,
    { type: 'headers', durable: true, arguments: { 'alternate-exchange': 'dx' } },
  ],
  ['PUT', `/queues/${VHOST}/q`, { durable: true, arguments: QUEUE_ARGUMENTS }],
  ['PUT', `/queues/${VHOST}/r`, { durable: true, arguments: { 'x-queue-type': 'quorum' } }],
  ['PUT', `/queues/${VHOST}/s`, { durable: true, arguments: { 'x-queue-type': 'stream' } }],
  ['POST', `/bindings/${VHOST}/e/topics/q/q`, { routing_key: 'a.#' }],
  ['POST', `/bindings/${VHOST}/e/h/q/r`, { arguments: BINDING_ARGUMENTS }],
  ['POST', `/bindings/${VHOST}/e/topics/e/dx`, { routing_key: 'dead' }],
]

/** What there is no other field for is in the vhost, or has to do with the user. */
const SECTIONS = [
  ...['users', 'vhosts', 'permissions', 'topic_permissions', 'parameters', 'global_parameters'],
  ...['policies', 'queues', 'exchanges', 'bindings'],
]

type Item = Readonly<Record<string, unknown>>
type Definitions = Readonly<Record<string, readonly Item[]>>

async function exported(api: Api): Promise<Definitions> {
  const { status, json } = await api.get('/definitions')
  expect(status).toBe(200)
  return json as Definitions
}

/** Those of that section that this test has made, in an order of their own. */
function made(definitions: Definitions, section: string): Item[] {
  const isMade = ({ vhost, name }: Item): boolean =>
    vhost === undefined ? String(name).startsWith('defined') : vhost === VHOST
  const items = (definitions[section] ?? []).filter(isMade)
  const key = (item: Item): string =>
    ['source', 'destination', 'user', 'component', 'name'].map((field) => item[field]).join(' ')
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

const title =
  missing === undefined
    ? 'definitions go from RabbitMQ to Leveret and back'
    : `definitions are not taken from RabbitMQ: ${missing}`

it.skipIf(missing !== undefined)(
  title,
  async () => {
    if ('missing' in reference) return
    const rabbitmq = new Api(`http://127.0.0.1:${reference.managementPort}/api`)
    const remove = async (): Promise<void> => {
      for (const path of [`/vhosts/${VHOST}`, `/users/${USER}`, '/global-parameters/defined']) {
        await rabbitmq.ask({ method: 'DELETE', path })
      }
    }
    onTestFinished(remove)
    for (const one of MADE) await rabbitmq.make(...one)
    const theirs = await exported(rabbitmq)

    const broker = await createBroker({ port: 0, managementPort: 0 })
    onTestFinished(() => broker.close())
    const leveret = new Api(`${broker.managementUrl}/api`)
    await leveret.make('POST', '/definitions', theirs)
    const ours = await exported(leveret)
    for (const section of SECTIONS) {
      expect(made(theirs, section).length, section).toBeGreaterThan(0)
      expect(made(ours, section), section).toMatchObject(made(theirs, section))
    }
    const login = { method: 'GET', path: '/whoami', as: `${USER}:sesame` }
    expect((await leveret.ask(login)).json).toMatchObject({ name: USER })

    // What only later versions know must not trouble an earlier one.
    await leveret.make('PUT', `/vhosts/${VHOST}`, { default_queue_type: 'quorum' })
    const back = await exported(leveret)
    expect(made(back, 'vhosts')).toMatchObject([{ default_queue_type: 'quorum' }])
    await remove()
    await rabbitmq.make('POST', '/definitions', back)
    const again = await exported(rabbitmq)
    for (const section of SECTIONS.filter((one) => one !== 'vhosts')) {
      expect(made(again, section), section).toEqual(made(theirs, section))
    }
    expect((await rabbitmq.ask(login)).json).toMatchObject({ name: USER })

    const other = await createBroker({ port: 0, managementPort: 0 })
    onTestFinished(() => other.close())
    const second = new Api(`${other.managementUrl}/api`)
    await second.make('POST', '/definitions', back)
    await second.make('PUT', `/queues/${VHOST}/by-default`, { durable: true })
    expect((await second.get(`/queues/${VHOST}/by-default`)).json).toMatchObject({ type: 'quorum' })
  },
  60_000,
)
