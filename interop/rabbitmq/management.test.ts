// The management API beside that of a real RabbitMQ: the names and the types of all that it shows.

import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { Api } from './management/api.ts'
import { DIFFERENCES } from './management/differences.ts'
import { ENDPOINTS } from './management/endpoints.ts'
import { OTHER_WORDS } from './management/other-words.ts'
import { REFUSALS } from './management/refusals.ts'
import { cleanUp, NOBODY, type Prepared, prepare, USER, VHOST } from './management/set-up.ts'
import { differingPlaces } from './management/shape.ts'

const reference = inject('reference')
const missing = 'missing' in reference ? reference.missing : undefined
const name =
  missing === undefined
    ? 'the management API shows what that of RabbitMQ does'
    : `the management API is not compared with that of RabbitMQ: ${missing}`

/**
 * Of a list, or of the lists in definitions, what is of the virtual host and the users that both sides have:
 * others use the reference meanwhile.
 */
function ofCompared(json: unknown): unknown {
  if (Array.isArray(json)) return json.filter(isCompared)
  if (typeof json !== 'object' || json === null || !('permissions' in json)) return json
  const filtered = (value: unknown): unknown =>
    Array.isArray(value) ? value.filter(isCompared) : value
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, filtered(value)]))
}

function isCompared(item: Readonly<Record<string, unknown>>): boolean {
  if (item['vhost'] !== undefined) return item['vhost'] === VHOST
  const user = item['user'] ?? (item['password_hash'] === undefined ? undefined : item['name'])
  return user === undefined || USERS.includes(user)
}

const USERS: readonly unknown[] = [USER, NOBODY, 'guest']

const isRefusal = (status: number): boolean => status >= 400 && status < 500

/** RabbitMQ gathers its statistics every five seconds, later on a busy machine, and keeps lists for a while. */
const PATIENCE = { timeout: 45_000, interval: 500 }

describe.skipIf(missing !== undefined)(name, () => {
  let broker: Broker
  let sides: readonly [rabbitmq: Prepared, leveret: Prepared]
  const seen = new Set<string>()

  beforeAll(async () => {
    if ('missing' in reference) return
    broker = await createBroker({ port: 0, managementPort: 0, prometheusPort: 0 })
    const rabbitmq = new Api(`http://127.0.0.1:${reference.managementPort}/api`)
    const leveret = new Api(`${broker.managementUrl}/api`)
    sides = await Promise.all([
      prepare(rabbitmq, `amqp://127.0.0.1:${reference.port}`),
      prepare(leveret, broker.url),
    ])
  }, 240_000)

  afterAll(async () => {
    await Promise.all((sides ?? []).map(cleanUp))
    await broker?.close()
  }, 60_000)

  /** The places in what both sides show there that differ, and for which no reason is written down. */
  async function differencesAt(path: string): Promise<string[]> {
    const [rabbitmq, leveret] = await Promise.all(
      sides.map(({ api, nodePath, connectionPath }) =>
        api.get(path.replace('NODE', nodePath).replace('CONNECTION', connectionPath)),
      ),
    )
    if (leveret?.status !== rabbitmq?.status) return [`${rabbitmq?.status} | ${leveret?.status}`]
    const places = differingPlaces(ofCompared(rabbitmq?.json), ofCompared(leveret?.json))
    return places.filter((place) => {
      const known = DIFFERENCES.filter((one) => one.at.test(path) && one.places.test(place))
      for (const { what } of known) seen.add(what)
      return known.length === 0
    })
  }

  it.each(ENDPOINTS)('at %s', async (path) => {
    await expect.poll(() => differencesAt(path), PATIENCE).toEqual([])
  })

  it.each(REFUSALS)('and answers in its words: %s', async (title, asked) => {
    const [rabbitmq, leveret] = await Promise.all(sides.map(({ api }) => api.ask(asked)))
    if (isDeepStrictEqual(leveret, rabbitmq)) return
    const known = OTHER_WORDS.filter(({ asked: one }) => one.test(title))
    for (const { what } of known) seen.add(what)
    if (known.length === 0) expect(leveret).toEqual(rabbitmq)
    else if (leveret?.status !== 201) {
      const words = { error: expect.any(String), reason: expect.any(String) }
      expect(leveret).toEqual({ status: expect.toSatisfy(isRefusal), json: words })
    }
  })

  it('and differs where that is written down, and nowhere else', () => {
    const written = [...DIFFERENCES, ...OTHER_WORDS].map(({ what }) => what)
    expect(written.filter((what) => !seen.has(what))).toEqual([])
  })
})
