// Messages that are moved from queue to queue over HTTP, by a broker that is killed meanwhile: each is in one
// of the two, once.

import { setTimeout as passed } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { QUEUE_DECLARE, QUEUE_DECLARE_OK } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { RawConnection } from '../support/raw-client.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import type { RunningBroker } from './broker/crash-broker.ts'
import { ServerProcess } from './broker/server-process.ts'
import { rounds, seed } from './effort.ts'
import { Random } from './traffic/random.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const COUNT = 10_000
/** About as long as it takes to move them all. */
const MOST_MS = 300
const MARK = 'the last one'

interface Managed {
  readonly broker: RunningBroker
  readonly url: string
}

async function start(directory: string): Promise<Managed> {
  const ports = ['--port', '0', '--management-port', '0', '--prometheus-port', 'none']
  const args = [BIN, 'start', ...ports, '--log-format', 'json', '--data-dir', directory]
  const server = new ServerProcess({ file: process.execPath, args })
  const port = await server.line((line) => /"Listening on [^"]*:(\d+),/.exec(line)?.[1])
  const url = await server.line((line) => /"Management API on (http:[^" ]+)/.exec(line)?.[1])
  return { broker: server.running(Number(port)), url }
}

async function open({ broker }: Managed): Promise<RawChannel> {
  const connection = await RawConnection.dial({ host: '127.0.0.1', port: broker.port })
  return (await connection.open()).channel()
}

/** Resolves when the broker has answered, or when nobody waits for that any more. */
async function move({ url }: Managed, signal: AbortSignal, from: string, to: string) {
  const headers = { authorization: `Basic ${btoa('guest:guest')}` }
  const body = JSON.stringify({ to: { exchange: '', routing_key: to } })
  const path = `${url}/api/queues/%2F/${from}/move`
  await fetch(path, { method: 'POST', headers, body, signal }).catch(() => {})
}

async function contents(channel: RawChannel, queue: string): Promise<string[]> {
  channel.publish({ routingKey: queue, body: MARK })
  await channel.consume(queue, { noAck: true })
  const found: string[] = []
  for (;;) {
    const [body = ''] = await channel.bodies(1)
    if (body === MARK) return found
    found.push(body)
  }
}

const isJudged = process.env['CRASH_BROKER'] === 'rabbitmq'

describe.skipIf(isJudged)(`a broker that is killed while it moves (CRASH_SEED=${seed})`, () => {
  it('has each message in one queue, or the other', async () => {
    const random = new Random(seed)
    const directory = temporaryDirectory()
    const bodies = Array.from({ length: COUNT }, (_, index) => String(index))
    const first = await start(directory)
    const publisher = await open(first)
    for (const queue of ['a', 'b']) {
      await publisher.send(QUEUE_DECLARE, { queue, durable: true }).expect(QUEUE_DECLARE_OK)
    }
    await publisher.confirmSelect()
    for (const body of bodies) {
      publisher.publish({ routingKey: 'a', body, properties: { deliveryMode: 2 } })
    }
    await publisher.confirmed(COUNT)
    publisher.wire.destroy()
    await first.broker.stop()

    for (let round = 1; round <= rounds(5); round++) {
      const managed = await start(directory)
      // Of a broker that is killed while it is connected to, fetch says nothing at times.
      const killed = new AbortController()
      const [from, to] = round % 2 === 1 ? (['a', 'b'] as const) : (['b', 'a'] as const)
      const moving = move(managed, killed.signal, from, to)
      await Promise.race([moving, passed(random.magnitude(1, MOST_MS))])
      await managed.broker.kill()
      killed.abort()
      await moving
    }

    const last = await start(directory)
    const found: string[] = []
    for (const queue of ['a', 'b']) {
      const channel = await open(last)
      found.push(...(await contents(channel, queue)))
      channel.wire.destroy()
    }
    expect(found.map(Number).sort((a, b) => a - b)).toEqual(bodies.map(Number))
    await last.broker.kill()
  })
})
