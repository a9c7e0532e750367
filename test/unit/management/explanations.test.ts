import { describe, expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

interface Binding {
  readonly destination: string
  readonly matched: boolean
  readonly why: string
}

/** An exchange with queues a, b, … bound by these keys or arguments. */
async function exchange(type: string, bindings: readonly (string | object)[], args: object = {}) {
  const managed = await ManagedTestBroker.start()
  await managed.put('/exchanges/%2F/x', { type, arguments: args })
  for (const [index, binding] of bindings.entries()) {
    const queue = String.fromCharCode(97 + index)
    await managed.put(`/queues/%2F/${queue}`)
    const isKey = typeof binding === 'string'
    const body = isKey ? { routing_key: binding } : { arguments: binding }
    await managed.post(`/bindings/%2F/e/x/q/${queue}`, body)
  }
  const explain = async (routing_key: string, more: object = {}) =>
    (await managed.post('/exchanges/%2F/x/explain', { routing_key, ...more })).json
  return { managed, explain }
}

/** Why each queue gets it or not, by its name. */
function reasons({ steps }: { readonly steps: readonly { readonly bindings: Binding[] }[] }) {
  const all = steps.flatMap(({ bindings }) => bindings)
  return Object.fromEntries(
    all.map(({ destination, matched, why }) => [destination, [matched, why]]),
  )
}

describe('the way of a message', () => {
  it('is told with what every binding says to it', async () => {
    const { explain } = await exchange('direct', ['k', 'other'])
    expect(await explain('k')).toEqual({
      routed: true,
      steps: [
        {
          exchange: 'x',
          type: 'direct',
          bindings: [
            {
              source: 'x',
              vhost: '/',
              destination: 'a',
              destination_type: 'queue',
              routing_key: 'k',
              arguments: {},
              properties_key: 'k',
              matched: true,
              why: "the binding key is 'k', as the routing key is",
            },
            {
              source: 'x',
              vhost: '/',
              destination: 'b',
              destination_type: 'queue',
              routing_key: 'other',
              arguments: {},
              properties_key: 'other',
              matched: false,
              why: "the binding key is 'other', and the routing key 'k'",
            },
          ],
        },
      ],
      queues: ['a'],
    })
  })

  it('names the word that a topic does not take', async () => {
    const keys = ['stock.*.nyse', 'stock.#.london', 'stock.usd', 'stock.*.*.*', '#']
    const { explain } = await exchange('topic', keys)
    const explained = await explain('stock.eur.nyse')
    expect(explained.queues).toEqual(['a', 'e'])
    expect(reasons(explained)).toEqual({
      a: [true, "'stock.*.nyse' takes 'stock.eur.nyse'"],
      b: [false, "'stock.#.london' asks for 'london' after the last word of 'stock.eur.nyse'"],
      c: [false, "word 2, 'eur', is not 'usd'"],
      d: [false, "'stock.*.*.*' asks for '*' after the last word of 'stock.eur.nyse'"],
      e: [true, "'#' takes 'stock.eur.nyse'"],
    })
    expect(reasons(await explain('stock.usd.x.y.z'))['c']).toEqual([
      false,
      "word 3, 'x', is one too many",
    ])
  })

  it('names the header that does not agree', async () => {
    const { explain } = await exchange('headers', [
      { 'x-match': 'all', n: 1, t: 'a' },
      { 'x-match': 'any', n: 1, t: 'a' },
      { n: '2' },
      { gone: true },
      { 'x-match': 'any' },
      {},
    ])
    const explained = await explain('', { headers: { n: 2, t: 'a' } })
    expect(explained.queues).toEqual(['b', 'f'])
    expect(reasons(explained)).toEqual({
      a: [false, "header 'n' is 2 (signedint), not 1 (signedint)"],
      b: [true, "one of its headers agrees: 'n', 't'"],
      c: [false, "header 'n' is 2 (signedint), not 2 (longstr)"],
      d: [false, "header 'gone' is missing"],
      e: [false, 'it asks for any of no headers, which none is'],
      f: [true, 'it asks for no header'],
    })
  })

  it('leads from the default exchange to the queue of that name, and to its copies', async () => {
    const { managed } = await exchange('direct', ['k'])
    const ask = async (body: object) =>
      (await managed.post('/exchanges/%2F/amq.default/explain', body)).json
    const explained = await ask({ routing_key: 'a' })
    expect(explained.queues).toEqual(['a'])
    expect(explained.steps[0].bindings[0]).toMatchObject({ source: '', destination: 'a' })
    expect(await ask({ routing_key: 'b' })).toEqual({
      routed: false,
      reason: "no queue is called 'b'",
      steps: [{ exchange: '', type: 'direct', bindings: [] }],
      queues: [],
    })
    expect((await ask({ routing_key: 'b', headers: { CC: ['c'], BCC: ['a'] } })).queues).toEqual([
      'a',
    ])
  })

  it('goes on at exchanges that are bound, in circles too, and at alternate exchanges', async () => {
    const { managed, explain } = await exchange('direct', ['k'], { 'alternate-exchange': 'ae' })
    await managed.put('/exchanges/%2F/ae', { type: 'fanout' })
    await managed.post('/bindings/%2F/e/ae/e/x', {})
    await managed.put('/exchanges/%2F/next', { type: 'fanout' })
    await managed.post('/bindings/%2F/e/ae/e/next', {})
    await managed.post('/bindings/%2F/e/next/q/a', {})
    const explained = await explain('none')
    expect(explained.queues).toEqual(['a'])
    const steps = explained.steps.map(({ exchange: name, via }: Record<string, string>) => [
      name,
      via,
    ])
    expect(steps).toEqual([
      ['x', undefined],
      ['ae', 'alternate-exchange'],
      ['next', 'binding'],
    ])
  })

  it('ends where an alternate exchange of a policy is not there', async () => {
    const { managed, explain } = await exchange('direct', ['k'])
    expect(await explain('none')).toMatchObject({ routed: false, reason: 'no binding matches' })
    const definition = { 'alternate-exchange': 'ae' }
    await managed.put('/policies/%2F/p', { pattern: '^x$', definition, 'apply-to': 'exchanges' })
    expect((await explain('none')).reason).toBe(
      "no binding matches, and no alternate exchange 'ae' is there",
    )
    await managed.put('/exchanges/%2F/ae', { type: 'fanout' })
    await managed.post('/bindings/%2F/e/ae/q/a')
    expect(await explain('none')).toMatchObject({ routed: true, queues: ['a'] })
  })

  it('is that which a delayed message goes in the end', async () => {
    const args = { 'x-delayed-type': 'topic' }
    const { explain } = await exchange('x-delayed-message', ['a.*'], args)
    const headers = { 'x-delay': 5000 }
    expect(await explain('a.b', { headers })).toMatchObject({
      routed: true,
      steps: [{ exchange: 'x', delay_ms: 5000, bindings: [{ why: "'a.*' takes 'a.b'" }] }],
      queues: ['a'],
    })
    // Publishing does not know yet that nobody will want it.
    expect(await explain('z', { headers })).toMatchObject({
      routed: true,
      reason: 'no binding matches',
      queues: [],
    })
  })

  it('depends on a property, where an exchange hashes that', async () => {
    const args = { 'hash-property': 'message_id' }
    const { explain, managed } = await exchange('x-consistent-hash', ['1', '1'], args)
    const queues = new Set<string>()
    for (let id = 0; id < 20; id++) {
      const properties = { message_id: String(id) }
      const [queue] = (await explain('k', { properties })).queues
      const message = { routing_key: 'k', payload: '', payload_encoding: 'string', properties }
      await managed.post('/exchanges/%2F/x/publish', message)
      expect((await managed.ask(`/queues/%2F/${queue}`)).json.messages).toBe(1)
      await managed.delete(`/queues/%2F/${queue}/contents`)
      queues.add(queue)
    }
    expect(queues.size).toBe(2)
    expect(reasons(await explain('k'))['a']?.[1]).toMatch(/^the hash of the message_id leads /)
  })

  it('is none to an internal exchange, nor with copies that are no list', async () => {
    const { managed, explain } = await exchange('direct', ['k'])
    await managed.put('/exchanges/%2F/inner', { internal: true })
    const inner = await managed.post('/exchanges/%2F/inner/explain', { routing_key: 'k' })
    expect(inner.json).toEqual({
      routed: false,
      reason: "ACCESS_REFUSED - cannot publish to internal exchange 'inner' in vhost '/'",
      steps: [],
      queues: [],
    })
    expect(await explain('k', { headers: { CC: 'a' } })).toEqual({
      error: 'bad_request',
      reason: 'invalid message: {unacceptable_type_in_header,"CC",longstr}',
    })
    expect((await managed.post('/exchanges/%2F/none/explain', { routing_key: '' })).status).toBe(
      404,
    )
    expect((await explain('k'.repeat(256))).error).toBe('bad_request')
  })

  it('is told to who may look there', async () => {
    const { managed } = await exchange('direct', ['k'])
    const explain = (as: string) =>
      managed.post('/exchanges/%2F/x/explain', { routing_key: 'k' }, as)
    expect((await explain(await managed.addUser('m', ['monitoring']))).status).toBe(200)
    expect((await explain(await managed.addUser('u', ['management'], ['/']))).status).toBe(200)
    expect((await explain(await managed.addUser('s', ['management']))).status).toBe(401)
  })

  it('is told of a thousand bindings, those that match first', async () => {
    const { managed, explain } = await exchange('direct', ['k'])
    const bindings = Array.from({ length: 1500 }, (_, n) => ({
      source: 'x',
      vhost: '/',
      destination: 'a',
      destination_type: 'queue',
      routing_key: `k${n}`,
      arguments: {},
    }))
    await managed.post('/definitions', { bindings })
    const explained = await explain('k1400')
    expect(explained.truncated).toBe(true)
    expect(explained.steps[0].bindings).toHaveLength(1000)
    expect(explained.steps[0].bindings[0]).toMatchObject({ routing_key: 'k1400', matched: true })
  })
})
