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
