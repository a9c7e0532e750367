// Connections and channels of amqplib's promise API that end with the test that opened them.

import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  type ConsumeMessage,
  connect,
  type GetMessage,
  type Options,
} from 'amqplib'
import { onTestFinished } from 'vitest'
import { Inbox } from '../support/inbox.ts'

/** Connects; the connection is closed when the test ends, unless that happened in it. */
export async function openConnection(
  url: string | Options.Connect,
  socketOptions: Record<string, unknown> = {},
): Promise<ChannelModel> {
  const connection = await connect(url, socketOptions)
  onTestFinished(async () => {
    // amqplib refuses to close what is closed, and a test may have ended its connection by itself.
    await connection.close().catch(() => {})
  })
  return connection
}

/** A channel on a connection of its own. */
export async function openChannel(url: string): Promise<Channel> {
  const connection = await openConnection(url)
  return connection.createChannel()
}

/** A channel in confirm mode, on a connection of its own. */
export async function openConfirmChannel(url: string): Promise<ConfirmChannel> {
  const connection = await openConnection(url)
  return connection.createConfirmChannel()
}

/** Takes the first message out of a queue that must have one. */
export async function getOne(channel: Channel, queue: string): Promise<GetMessage> {
  const message = await channel.get(queue, { noAck: true })
  if (message === false) throw new Error(`no message in ${queue}`)
  return message
}

/** Consumes into an inbox, without acknowledging. `null`, the cancel notice, goes there too. */
export async function consumeInto(
  channel: Channel,
  queue: string,
  options: Options.Consume = {},
): Promise<{ inbox: Inbox<ConsumeMessage | null>; consumerTag: string }> {
  const inbox = new Inbox<ConsumeMessage | null>()
  const { consumerTag } = await channel.consume(queue, inbox.push, options)
  return { inbox, consumerTag }
}

/** The error that closes the channel. Ask for it before provoking it. */
export function channelError(channel: Channel): Promise<Error & { code: number }> {
  return new Promise((resolve) => {
    channel.once('error', resolve as (error: Error) => void)
  })
}

/** Bodies as text, for comparing. */
export function texts(messages: ({ content: Buffer } | null)[]): string[] {
  return messages.map((message) => message?.content.toString() ?? 'cancelled')
}
