// What the management API of one node does on others: messages of queues that they own, and clients of theirs.

import amqplib from 'amqplib'
import { expect, it } from 'vitest'
import { ask } from './support/ask.ts'
import { clusterHere } from './support/cluster.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('the management API on nodes that do not have what is asked for', () => {
  const { nodes } = clusterHere()
  type Node = (typeof nodes)[number]

  /** A queue with some messages, and a node that does not own it. */
  const filled = async (queue: string, bodies: readonly Buffer[]): Promise<Node> => {
    const connection = await amqplib.connect(nodes[0]!.url)
    const channel = await connection.createConfirmChannel()
    await channel.assertQueue(queue)
    for (const body of bodies) channel.sendToQueue(queue, body)
    await channel.waitForConfirms()
    await connection.close()
    return elsewhere(queue)
  }
  const elsewhere = async (queue: string): Promise<Node> => {
    const { node } = (await ask(nodes[0]!, `/queues/%2F/${queue}`)).json
    return nodes.find(({ name }) => `leveret@${name}` !== node)!
  }
  const texts = (...all: readonly string[]): Buffer[] => all.map((text) => Buffer.from(text))
  const payloads = async (node: Node, queue: string): Promise<string[]> =>
    (await ask(node, `/queues/%2F/${queue}/messages`)).json.items.map(
      ({ payload }: { payload: string }) => payload,
    )

  it('shows, finds and deletes messages', async () => {
    const node = await filled('looked', texts('one', 'two', 'three'))
    const { json } = await ask(node, '/queues/%2F/looked/messages?from=1&count=1')
    expect(json).toMatchObject({ from: 1, total: 3, items: [{ payload: 'two', position: 1 }] })
    const path = `/queues/%2F/looked/messages/${json.items[0].id}`
    expect((await ask(node, path)).json).toMatchObject({ payload: 'two', state: 'ready' })
    expect((await ask(node, path, 'DELETE')).status).toBe(204)
    expect((await ask(node, path)).status).toBe(404)
    expect(await payloads(node, 'looked')).toEqual(['one', 'three'])
  })

  it('gets and purges messages', async () => {
    const node = await filled('got', texts('one', 'two'))
    const body = { count: 1, ackmode: 'ack_requeue_false', encoding: 'auto' }
    const { json } = await ask(node, '/queues/%2F/got/get', 'POST', body)
    expect(json).toMatchObject([{ payload: 'one', message_count: 1 }])
    expect((await ask(node, '/queues/%2F/got/contents', 'DELETE')).status).toBe(204)
    expect(await payloads(node, 'got')).toEqual([])
  })

  it('moves messages to queues of any node', async () => {
    const node = await filled('from', texts('one', 'two', 'three'))
    for (const target of ['to-0', 'to-1', 'to-2', 'to-3', 'to-4', 'to-5']) {
      await filled(target, [])
      const to = { exchange: 'amq.default', routing_key: target }
      const moved = await ask(node, '/queues/%2F/from/move', 'POST', { to })
      expect(moved).toMatchObject({ status: 200, json: { moved: 3, kept: 0 } })
      const back = { to: { exchange: 'amq.default', routing_key: 'from' } }
      expect(await payloads(node, target)).toEqual(['one', 'two', 'three'])
      expect((await ask(node, `/queues/%2F/${target}/move`, 'POST', back)).json.moved).toBe(3)
    }
    expect(await payloads(node, 'from')).toEqual(['one', 'two', 'three'])
  })

  it('shows what is unacknowledged at clients of any node', async () => {
    await filled('taken', texts('one', 'two', 'three'))
    const clients = await Promise.all(nodes.map(({ url }) => amqplib.connect(url)))
    for (const client of clients) await (await client.createChannel()).get('taken')
    for (const node of nodes) {
      const { json } = await ask(node, '/queues/%2F/taken/messages?state=unacked')
      const items: { readonly id: string; readonly payload: string }[] = json.items
      expect(items.map(({ payload }) => payload).toSorted()).toEqual(['one', 'three', 'two'])
      for (const { id, payload } of items) {
        const one = await ask(node, `/queues/%2F/taken/messages/${id}`)
        expect(one.json).toMatchObject({ id, payload, state: 'unacked' })
      }
      const queue = await ask(node, '/queues/%2F/taken')
      expect(queue.json).toMatchObject({ message_bytes_unacknowledged: 11 })
    }
    await Promise.all(clients.map((client) => client.close()))
  })

  it('keeps where they are what no queue takes, or is full for', async () => {
    const node = await filled('kept', texts('one', 'two', 'three'))
    const full = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    for (const target of ['full-0', 'full-1', 'full-2', 'full-3', 'full-4', 'full-5']) {
      const declared = { durable: true, arguments: full }
      await ask(node, `/queues/%2F/${target}`, 'PUT', declared)
      const to = { exchange: 'amq.default', routing_key: target }
      const moved = await ask(node, '/queues/%2F/kept/move', 'POST', { to })
      expect(moved.json).toEqual({ moved: 1, kept: 2 })
      expect(await payloads(node, target)).toEqual(['one'])
      const back = { to: { exchange: 'amq.default', routing_key: 'kept' } }
      expect((await ask(node, `/queues/%2F/${target}/move`, 'POST', back)).json.moved).toBe(1)
      expect((await payloads(node, 'kept')).toSorted()).toEqual(['one', 'three', 'two'])
      await ask(node, '/queues/%2F/kept/contents', 'DELETE')
      await filled('kept', texts('one', 'two', 'three'))
    }
    const to = { exchange: 'amq.fanout' }
    const nowhere = await ask(node, '/queues/%2F/kept/move', 'POST', { to })
    expect(nowhere.json).toEqual({ moved: 0, kept: 3 })
  })

  it('delays messages, and has them come at once', async () => {
    const node = await filled('later', [])
    const body = { payload: 'late', properties: { delivery_mode: 2 }, delay: 3_600_000 }
    await ask(node, '/queues/%2F/later/messages', 'POST', body)
    const { json } = await ask(node, '/queues/%2F/later/messages?state=delayed')
    expect(json).toMatchObject({ total: 1, items: [{ payload: 'late', state: 'delayed' }] })
    const path = `/queues/%2F/later/messages/${json.items[0].id}/deliver`
    expect((await ask(node, path, 'POST', {})).status).toBe(204)
    await expect.poll(() => payloads(node, 'later')).toEqual(['late'])
  })

  it('shows answers that are larger than what NATS takes at a time', async () => {
    const large = Buffer.alloc(9_000_000, 'large ')
    const node = await filled('large', [large])
    const { json } = await ask(node, '/queues/%2F/large/messages')
    expect(json.items[0].payload).toBe(large.toString())
  })

  it('does it with the rights of who asks, and with their words', async () => {
    const node = await filled('secret', texts('one'))
    const user = { password: 'secret', tags: 'management' }
    await ask(node, '/users/reader', 'PUT', user)
    const rights = { configure: '', write: '', read: '' }
    await ask(node, '/permissions/%2F/reader', 'PUT', rights)
    const refused = await fetch(`${node.managementUrl}/api/queues/%2F/secret/messages`, {
      headers: { authorization: `Basic ${btoa('reader:secret')}` },
    })
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ error: 'not_authorised' })
    const wrong = await ask(node, '/queues/%2F/secret/messages?count=0')
    expect(wrong).toMatchObject({ status: 400, json: { error: 'bad_request' } })
    expect((await ask(node, '/queues/%2F/missing/messages')).status).toBe(404)
  })
})
