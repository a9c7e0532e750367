// Clients and sessions of @cloudamqp/amqp-client that end with the test that made them.

import {
  type AMQPBaseClient,
  type AMQPChannel,
  AMQPClient,
  AMQPSession,
  type AMQPSessionOptions,
} from '@cloudamqp/amqp-client'
import { onTestFinished } from 'vitest'

/** A connection of the low-level API. */
export async function openClient(url: string): Promise<AMQPBaseClient> {
  const connection = await new AMQPClient(url).connect()
  onTestFinished(async () => {
    if (!connection.closed) await connection.close()
  })
  return connection
}

/** A channel on a connection of its own. */
export async function openChannel(url: string): Promise<AMQPChannel> {
  return (await openClient(url)).channel()
}

/** A session of the high-level API, which reconnects without waiting for long. */
export async function openSession(
  url: string,
  options: AMQPSessionOptions = {},
): Promise<AMQPSession> {
  const session = await AMQPSession.connect(url, { reconnectInterval: 20, ...options })
  onTestFinished(() => session.stop())
  return session
}
