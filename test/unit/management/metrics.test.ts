import { describe, expect, it } from 'vitest'
import { exposition } from '../../../src/management/metrics/exposition.ts'
import { ManagedTestBroker } from './managed-broker.ts'

const PUBLISH = '/exchanges/%2F/amq.default/publish'
const message = (routing_key: string) => ({
  properties: {},
  routing_key,
  payload: 'm',
  payload_encoding: 'string',
})

const of = (name: string): string => `global_messages_${name}_total`

async function metrics(managed: ManagedTestBroker, path = '/metrics', as = 'guest:guest') {
  const authorization = `Basic ${btoa(as)}`
  return fetch(`${managed.broker.managementUrl}${path}`, { headers: { authorization } })
}

describe('metrics', () => {
  it('are told under the names of RabbitMQ', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.connect()
    for (const name of ['a', 'b']) await managed.put(`/queues/%2F/${name}`)
    for (const key of ['a', 'a', 'b', 'nowhere']) await managed.post(PUBLISH, message(key))
    const response = await metrics(managed)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await response.text()).split('\n')
    for (const line of [
      '# TYPE rabbitmq_connections gauge',
      'rabbitmq_connections 1',
      'rabbitmq_queues 2',
      'rabbitmq_queue_messages_ready 3',
      'rabbitmq_queue_messages 3',
      'rabbitmq_channels 0',
      '# TYPE rabbitmq_global_messages_received_total counter',
      'rabbitmq_global_messages_received_total{protocol="amqp091"} 4',
      'rabbitmq_global_messages_routed_total{protocol="amqp091"} 3',
      'rabbitmq_global_messages_unroutable_returned_total{protocol="amqp091"} 1',
      'rabbitmq_alarms_memory_used_watermark 0',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('are told of each queue when that is asked for', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put(`/queues/%2F/${encodeURIComponent('say "a\\b"')}`)
    const text = await (await metrics(managed, '/metrics/per-object')).text()
    const labels = '{vhost="/",queue="say \\"a\\\\b\\""}'
    expect(text.split('\n')).toContain(`rabbitmq_queue_messages_ready${labels} 0`)
  })

  it('have what boards for RabbitMQ ask for', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/q')
    const text = await (await metrics(managed)).text()
    const names = new Set(Array.from(text.matchAll(/^([a-z_]+)(?=[ {])/gm), ([, name]) => name))
    const wanted = [
      ...['connections', 'channels', 'consumers', 'queues', 'queue_messages_ready'],
      ...['queue_messages_unacked', 'queue_messages', 'queue_consumers'],
      ...['received', 'confirmed', 'routed', 'unroutable_dropped', 'unroutable_returned'].map(of),
      ...['delivered', 'acknowledged', 'redelivered', 'get_empty'].map(of),
      ...['delivered_consume_auto_ack', 'delivered_consume_manual_ack'].map(of),
      ...['delivered_get_auto_ack', 'delivered_get_manual_ack'].map(of),
      ...['global_publishers', 'global_consumers'],
      ...['connections_opened_total', 'connections_closed_total', 'channels_opened_total'],
      ...['channels_closed_total', 'queues_declared_total', 'queues_created_total'],
      ...['queues_deleted_total', 'process_resident_memory_bytes', 'resident_memory_limit_bytes'],
      ...['disk_space_available_bytes', 'disk_space_available_limit_bytes'],
      ...['alarms_memory_used_watermark', 'alarms_free_disk_space_watermark'],
      ...['process_open_tcp_sockets', 'erlang_uptime_seconds', 'identity_info', 'build_info'],
      ...['channel_messages_published_total', 'channel_messages_acked_total', 'channel_prefetch'],
    ]
    expect(wanted.filter((name) => !names.has(`rabbitmq_${name}`))).toEqual([])
    // Each is explained once, and has a type.
    for (const line of text.split('\n').filter((one) => one.startsWith('# TYPE '))) {
      expect(line).toMatch(/^# TYPE [a-z_]+ (counter|gauge|untyped)$/)
      expect(text.split(line)).toHaveLength(2)
    }
  })

  it('tell what consumers did by the type of their queues, and do not forget queues that go', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/queues/%2F/c')
    await managed.put('/queues/%2F/q', { durable: true, arguments: { 'x-queue-type': 'quorum' } })
    for (const key of ['c', 'q', 'q']) await managed.post(PUBLISH, message(key))
    const get = { ackmode: 'ack_requeue_false', count: 5, encoding: 'auto' }
    for (const name of ['c', 'q']) await managed.post(`/queues/%2F/${name}/get`, get)
    const total = 'rabbitmq_global_messages_acknowledged_total'
    const acknowledged = async () => {
      const text = await (await metrics(managed)).text()
      const of = (type: string) =>
        new RegExp(`${total}{protocol="amqp091",queue_type="rabbit_${type}_queue"} (\\d+)`).exec(
          text,
        )?.[1]
      return ['classic', 'quorum', 'stream'].map(of)
    }
    expect(await acknowledged()).toEqual(['1', '2', '0'])
    await managed.delete('/queues/%2F/q')
    expect(await acknowledged()).toEqual(['1', '2', '0'])
  })

  it('count what comes and goes', async () => {
    const managed = await ManagedTestBroker.start()
    const connection = await managed.connect()
    await connection.channel()
    for (let times = 0; times < 2; times++) await managed.put('/queues/%2F/q')
    await managed.delete('/queues/%2F/q')
    await connection.close()
    const lines = (await (await metrics(managed)).text()).split('\n')
    for (const line of [
      'rabbitmq_connections_opened_total 1',
      'rabbitmq_connections_closed_total 1',
      'rabbitmq_channels_opened_total 1',
      'rabbitmq_channels_closed_total 1',
      'rabbitmq_queues_declared_total 2',
      'rabbitmq_queues_created_total 1',
      'rabbitmq_queues_deleted_total 1',
    ]) {
      expect(lines).toContain(line)
    }
    expect((await managed.ask('/overview')).json.churn_rates).toMatchObject({
      connection_created: 1,
      channel_closed: 1,
      queue_declared: 2,
      queue_declared_details: { rate: 0 },
    })
  })

  it('are told family by family, of some virtual hosts if that is asked for', async () => {
    const managed = await ManagedTestBroker.start()
    await managed.put('/vhosts/other')
    await managed.put('/queues/%2F/q')
    await managed.put('/queues/other/q')
    const detailed = async (query: string) =>
      (await metrics(managed, `/metrics/detailed${query}`)).text()
    const none = await detailed('')
    expect(none).toContain('rabbitmq_identity_info{')
    expect(none).not.toContain('rabbitmq_detailed_')
    const queues = await detailed('?family=queue_coarse_metrics&family=vhost_status')
    expect(queues).toContain('rabbitmq_detailed_queue_messages_ready{vhost="/",queue="q"} 0\n')
    expect(queues).toContain('rabbitmq_detailed_queue_messages_ready{vhost="other",queue="q"} 0\n')
    expect(queues).toContain('rabbitmq_cluster_vhost_status{vhost="/"} 1\n')
    expect(queues).not.toContain('queue_consumers')
    const some = await detailed('?family=queue_coarse_metrics&vhost=other')
    expect(some).not.toContain('vhost="/"')
  })

  it('are for those who monitor only', async () => {
    const managed = await ManagedTestBroker.start()
    expect((await fetch(`${managed.broker.managementUrl}/metrics`)).status).toBe(401)
    const user = await managed.addUser('u', ['management'], ['/'])
    expect((await metrics(managed, '/metrics', user)).status).toBe(401)
    const monitor = await managed.addUser('m', ['monitoring'])
    expect((await metrics(managed, '/metrics/per-object', monitor)).status).toBe(200)
    expect((await metrics(managed, '/metrics/nothing')).status).toBe(404)
  })

  it('cannot be made up by what things are called', () => {
    const name = 'x"} 1\nfake 2\n\\'
    const metric = { name: 'm', type: 'gauge', help: 'h', values: [[{ queue: name }, 1]] } as const
    expect(exposition([metric])).toBe(
      '# TYPE m gauge\n# HELP m h\nm{queue="x\\"} 1\\nfake 2\\n\\\\"} 1\n',
    )
  })
})
