import { describe, expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

const PUBLISH = '/exchanges/%2F/amq.default/publish'
const LOOK = { count: 10, ackmode: 'ack_requeue_true', encoding: 'auto' }

const message = (payload: string, more: object = {}) => ({
  properties: {},
  routing_key: 'q',
  payload,
  payload_encoding: 'string',
  ...more,
})

const started = async () => {
  const managed = await ManagedTestBroker.start()
  await managed.put('/queues/%2F/q', { durable: true })
  return managed
}

describe('publishing', () => {
  it('tells whether any queue got it', async () => {
    const managed = await started()
    expect((await managed.post(PUBLISH, message('m'))).json).toEqual({ routed: true })
    const lost = message('m', { routing_key: 'nowhere' })
    expect((await managed.post(PUBLISH, lost)).json).toEqual({ routed: false })
  })

  it('brings all properties and headers', async () => {
    const managed = await started()
    const properties = {
      content_type: 'text/plain',
      content_encoding: 'utf-8',
      headers: { a: 1, b: ['x', { c: true }], d: 1.5, e: null },
      delivery_mode: 2,
      priority: 3,
      correlation_id: 'c',
      reply_to: 'r',
      expiration: '60000',
      message_id: 'm',
      timestamp: 1_700_000_000,
      type: 't',
      user_id: 'guest',
      app_id: 'app',
    }
    await managed.post(PUBLISH, message('körper', { properties }))
    expect((await managed.post('/queues/%2F/q/get', LOOK)).json).toEqual([
      {
        payload_bytes: 7,
        redelivered: false,
        exchange: '',
        routing_key: 'q',
        message_count: 0,
        properties,
        payload: 'körper',
        payload_encoding: 'string',
      },
    ])
  })

  it('waits until the message is safe', async () => {
    const { temporaryDirectory } = await import('../../support/temporary-directory.ts')
    const managed = await ManagedTestBroker.start({ dataDir: temporaryDirectory() })
    await managed.put('/queues/%2F/q', { durable: true })
    const stored = message('m', { properties: { delivery_mode: 2 } })
    expect((await managed.post(PUBLISH, stored)).json).toEqual({ routed: true })
  })

  it('needs all fields, each of its type', async () => {
    const managed = await started()
    for (const [body, reason] of [
      [{ ...message('m'), payload_encoding: undefined }, '[{key_missing,payload_encoding}]'],
      [message('m', { payload_encoding: 'x' }), 'unsupported_encoding: "x"'],
      [message('!', { payload_encoding: 'base64' }), 'payload is not base64'],
      [message('m', { properties: { delivery_mode: 'x' } }), 'not_int: delivery_mode'],
      [message('m', { properties: { expiration: 'x' } }), "invalid expiration 'x': no_integer"],
      [
        message('m', { properties: { user_id: 'x' } }),
        "user_id property set to 'x' but authenticated user was 'guest'",
      ],
      [message('m', { routing_key: 'x'.repeat(256) }), 'a routing key has at most 255 octets'],
    ] as const) {
      const { status, json } = await managed.post(PUBLISH, body)
      expect([status, json]).toEqual([400, { error: 'bad_request', reason }])
    }
    const nowhere = await managed.post('/exchanges/%2F/nope/publish', message('m'))
    expect([nowhere.status, nowhere.json.reason]).toEqual([404, 'exchange_not_found'])
    expect((await managed.post('/queues/%2F/q/get', LOOK)).json).toEqual([])
  })

  it('is refused by a queue that is full and says so', async () => {
    const managed = await ManagedTestBroker.start()
    const body = { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } }
    await managed.put('/queues/%2F/q', body)
    expect((await managed.post(PUBLISH, message('a'))).status).toBe(200)
    expect((await managed.post(PUBLISH, message('b'))).status).toBe(400)
  })

  it('takes no more than a message may have', async () => {
    const managed = await ManagedTestBroker.start({ maxMessageSizeBytes: 10 })
    expect((await managed.post(PUBLISH, message('x'.repeat(11)))).status).toBe(400)
  })
})

describe('getting', () => {
  const payloads = async (managed: ManagedTestBroker, ask: object) =>
    (await managed.post('/queues/%2F/q/get', { ...LOOK, ...ask })).json.map(
      ({ payload }: { payload: string }) => payload,
    )

  it.each([
    ['ack_requeue_true', ['a', 'b', 'c']],
    ['reject_requeue_true', ['a', 'b', 'c']],
    ['ack_requeue_false', ['c']],
    ['reject_requeue_false', ['c']],
  ])('with %s leaves %j', async (ackmode, left) => {
    const managed = await started()
    for (const payload of ['a', 'b', 'c']) await managed.post(PUBLISH, message(payload))
    expect(await payloads(managed, { ackmode, count: 2 })).toEqual(['a', 'b'])
    expect(await payloads(managed, {})).toEqual(left)
    const { json } = await managed.ask('/queues/%2F/q')
    expect(json).toMatchObject({ messages: left.length, messages_unacknowledged: 0 })
  })

  it('marks what it gave back, and counts what is left', async () => {
    const managed = await started()
    for (const payload of ['a', 'b']) await managed.post(PUBLISH, message(payload))
    await payloads(managed, { count: 1 })
    const seen = (await managed.post('/queues/%2F/q/get', LOOK)).json
    expect(seen.map((one: { redelivered: boolean }) => one.redelivered)).toEqual([true, false])
    expect(seen.map((one: { message_count: number }) => one.message_count)).toEqual([1, 0])
  })

  it('shows octets that are no text in base64, and as few as are wanted', async () => {
    const managed = await started()
    await managed.post(PUBLISH, message('/w==', { payload_encoding: 'base64' }))
    const [octets] = (await managed.post('/queues/%2F/q/get', LOOK)).json
    expect(octets).toMatchObject({ payload: '/w==', payload_encoding: 'base64' })
    await managed.delete('/queues/%2F/q/contents')
    await managed.post(PUBLISH, message('hello'))
    const [short] = (await managed.post('/queues/%2F/q/get', { ...LOOK, truncate: 2 })).json
    expect(short).toMatchObject({ payload: 'he', payload_bytes: 5 })
    const [coded] = (await managed.post('/queues/%2F/q/get', { ...LOOK, encoding: 'base64' })).json
    expect(coded).toMatchObject({ payload: 'aGVsbG8=', payload_encoding: 'base64' })
  })

  it('brings back a message of many frames as it was', async () => {
    const managed = await started()
    const payload = 'x'.repeat(300_000)
    await managed.post(PUBLISH, message(payload))
    expect(await payloads(managed, {})).toEqual([payload])
  })

  it('is refused when it is not clear what is to be', async () => {
    const managed = await started()
    for (const [ask, reason] of [
      [{ count: undefined }, '[{key_missing,count}]'],
      [{ count: 'many' }, 'count should be an integer'],
      [{ ackmode: 'x' }, 'unknown ackmode: "x"'],
      [{ encoding: 'x' }, 'Unsupported encoding. Please use auto or base64.'],
    ] as const) {
      const { status, json } = await managed.post('/queues/%2F/q/get', { ...LOOK, ...ask })
      expect([status, json.reason]).toEqual([400, reason])
    }
    const nowhere = await managed.post('/queues/%2F/nope/get', LOOK)
    expect([nowhere.status, nowhere.json.reason]).toEqual([404, 'queue_not_found'])
  })

  it('dead-letters what it rejects', async () => {
    const managed = await ManagedTestBroker.start()
    const dead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead' }
    await managed.put('/queues/%2F/q', { arguments: dead })
    await managed.put('/queues/%2F/dead')
    await managed.post(PUBLISH, message('m'))
    await payloads(managed, { ackmode: 'reject_requeue_false' })
    const [got] = (await managed.post('/queues/%2F/dead/get', LOOK)).json
    expect(got.properties.headers['x-death'][0]).toMatchObject({ queue: 'q', reason: 'rejected' })
  })
})
