import { describe, expect, it } from 'vitest'
import { createBroker } from '../../../src/index.ts'
import { ManagedTestBroker } from './managed-broker.ts'

describe('the management API', () => {
  it('is not opened by a broker in a program, unless it is asked for', async () => {
    const broker = await createBroker({ port: 0 })
    expect(broker.managementUrl).toBeUndefined()
    await broker.openManagement(0)
    const { status } = await fetch(`${broker.managementUrl}/api/whoami`)
    expect(status).toBe(401)
    await broker.close()
    await expect(fetch(`${broker.managementUrl}/api/whoami`)).rejects.toThrow()
  })

  it('on a port that is taken leaves no broker behind', async () => {
    const { broker } = await ManagedTestBroker.start()
    const taken = broker.managementPort as number
    const refused = createBroker({ port: 0, managementPort: taken })
    await expect(refused).rejects.toMatchObject({ code: 'EADDRINUSE', port: taken })
  })

  it('says which methods there are', async () => {
    const managed = await ManagedTestBroker.start()
    const asked = await managed.ask('/queues/%2F/q', { method: 'OPTIONS' })
    expect([asked.status, asked.headers.get('allow')]).toEqual([
      200,
      'HEAD, GET, PUT, DELETE, OPTIONS',
    ])
    const refused = await managed.ask('/overview', { method: 'POST' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'HEAD, GET, OPTIONS'])
  })

  it('answers HEAD with what GET would have, without the body', async () => {
    const managed = await ManagedTestBroker.start()
    const [get, head] = [
      await managed.ask('/whoami'),
      await managed.ask('/whoami', { method: 'HEAD' }),
    ]
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'))
  })

  it.each(['/nothing', '/queues/%2F/q/nothing', '/queues/%2F/', '/queues/%ZZ'])(
    'does not know %s',
    async (path) => {
      const { status, json } = await (await ManagedTestBroker.start()).ask(path)
      expect([status, json]).toEqual([404, { error: 'Object Not Found', reason: 'Not Found' }])
    },
  )

  it.each([
    ['{bad', 'not_json'],
    ['[]', 'not_json'],
    ['"text"', 'not_json'],
  ])('refuses the body %s', async (body, reason) => {
    const { status, json } = await (await ManagedTestBroker.start()).put('/queues/%2F/q', body)
    expect([status, json]).toEqual([400, { error: 'bad_request', reason }])
  })

  it('refuses a body that is too large, announced or not', async () => {
    const managed = await ManagedTestBroker.start({ managementBodyLimitBytes: 1024 })
    const body = JSON.stringify({ x: 'x'.repeat(1024) })
    const reason = 'Exceeded HTTP request body size limit'
    const announced = await managed.put('/queues/%2F/q', body)
    expect([announced.status, announced.json.reason]).toEqual([400, reason])
    const streamed = await fetch(`${managed.broker.managementUrl}/api/queues/%2F/q`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa('guest:guest')}` },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect([streamed.status, await streamed.json()]).toEqual([
      400,
      { error: 'bad_request', reason },
    ])
    expect((await managed.ask('/queues')).json).toEqual([])
  })

  it('is never taken for a page', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put(`/queues/%2F/${encodeURIComponent('<script>alert(1)</script>')}`)
    const { headers } = await managed.ask('/queues')
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

describe('the overview', () => {
  it('has what tools look for first', async () => {
    const managed = await ManagedTestBroker.start({ clusterName: 'here' })
    await managed.connect()
    await managed.put('/queues/%2F/q')
    const { json } = await managed.ask('/overview')
    expect(json).toMatchObject({
      rabbitmq_version: '4.2.0',
      management_version: '4.2.0',
      product_name: 'RabbitMQ',
      cluster_name: 'here',
      queue_totals: { messages: 0, messages_ready: 0, messages_unacknowledged: 0 },
      object_totals: { connections: 1, channels: 0, queues: 1, exchanges: 7, consumers: 0 },
    })
    expect(json.listeners.map(({ protocol }: { protocol: string }) => protocol)).toEqual([
      'amqp',
      'http',
    ])
  })

  it('takes the name of the cluster that it was given', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await managed.put('/cluster-name', { name: 'new' })).status).toBe(204)
    expect((await managed.ask('/cluster-name')).json).toEqual({ name: 'new' })
    expect((await managed.ask('/overview?columns=cluster_name')).json).toEqual({
      cluster_name: 'new',
    })
  })
})

describe('a health check', () => {
  it('is passed by a broker that is well', async () => {
    const managed = await ManagedTestBroker.start()
    const { port } = managed.broker
    expect((await managed.ask('/aliveness-test/%2F')).text).toBe('{"status":"ok"}')
    expect((await managed.ask('/health/checks/alarms')).text).toBe('{"status":"ok"}')
    expect((await managed.ask(`/health/checks/port-listener/${port}`)).json).toEqual({
      status: 'ok',
      port,
    })
    expect((await managed.ask('/health/checks/protocol-listener/amqp091')).json).toEqual({
      status: 'ok',
      protocol: 'amqp',
    })
  })

  it('tells of alarms', async () => {
    const managed = await ManagedTestBroker.start()
    managed.broker.setAlarm('memory', true)
    const { status, json } = await managed.ask('/health/checks/local-alarms')
    expect([status, json]).toMatchObject([
      503,
      { status: 'failed', alarms: [{ resource: 'memory' }] },
    ])
    const [node] = (await managed.ask('/nodes')).json
    expect([node.mem_alarm, node.disk_free_alarm]).toEqual([true, false])
  })

  it('tells of what nobody listens on', async () => {
    const managed = await ManagedTestBroker.start()
    const { status, json } = await managed.ask('/health/checks/port-listener/1')
    expect([status, json]).toMatchObject([503, { missing: 1, reason: 'No active listener' }])
    expect((await managed.ask('/health/checks/protocol-listener/mqtt')).status).toBe(503)
    expect((await managed.ask('/health/checks/port-listener/x')).status).toBe(400)
  })

  it('has this node, and no other', async () => {
    const managed = await ManagedTestBroker.start()
    const [{ name }] = (await managed.ask('/nodes')).json
    expect((await managed.ask(`/nodes/${name}`)).json).toMatchObject({ name, running: true })
    expect((await managed.ask(`/nodes/${name}/memory`)).json.memory.total.rss).toBeGreaterThan(0)
    expect((await managed.ask('/nodes/other')).status).toBe(404)
  })
})
