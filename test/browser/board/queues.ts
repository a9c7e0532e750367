// What tests prepare in a broker, and what they find there afterwards, as a client of it.

import { type Channel, type ChannelModel, connect, type GetMessage, type Options } from 'amqplib'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { BrowserTest } from '../support/browser-test.ts'

export interface Queues {
  readonly channel: Channel
  publish(queue: string, body: string | Buffer, options?: Options.Publish): void
  /** The bodies that are in a queue, which they leave. */
  drain(queue: string): Promise<GetMessage[]>
  bodies(queue: string): Promise<string[]>
}

/** A connection to the file's broker, with a channel of each test's own. */
export function queuesOf(test: BrowserTest): Queues {
  let connection: ChannelModel | undefined
  let channel: Channel | undefined
  beforeAll(async () => {
    if (!test.isSkipped) connection = await connect(`amqp://127.0.0.1:${test.broker.port}`)
  })
  beforeEach(async () => {
    await channel?.close()
    channel = await connection?.createChannel()
  })
  afterAll(async () => {
    await connection?.close()
  })
  const open = (): Channel => {
    if (channel === undefined) throw new Error('it is there only while tests run')
    return channel
  }
  const drain = async (queue: string): Promise<GetMessage[]> => {
    const messages: GetMessage[] = []
    for (;;) {
      const message = await open().get(queue, { noAck: true })
      if (message === false) return messages
      messages.push(message)
    }
  }
  return {
    get channel() {
      return open()
    },
    publish: (queue, body, options) => {
      open().sendToQueue(queue, Buffer.from(body as string), options)
    },
    drain,
    bodies: async (queue) => (await drain(queue)).map(({ content }) => content.toString()),
  }
}
