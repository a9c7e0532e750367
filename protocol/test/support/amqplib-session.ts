// An amqplib client connected to a scripted server.

import amqp, { type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib'
import {
  BASIC_DELIVER,
  type BasicProperties,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
} from '../../src/index.ts'
import { blankMethod, ScriptedServer } from './scripted-server.ts'

/** Everything that a property can be told in amqplib, and what it is in the codec. */
export const amqplibProperties = {
  contentType: 'text/plain',
  contentEncoding: 'utf-8',
  headers: { key: 'välue' },
  deliveryMode: 2,
  priority: 9,
  correlationId: 'c',
  replyTo: 'r',
  expiration: '1000',
  messageId: 'm',
  timestamp: 1_700_000_000,
  type: 't',
  userId: 'u',
  appId: 'a',
}
export const codecProperties: BasicProperties = {
  ...amqplibProperties,
  headers: new Map([['key', { type: 'S', value: 'välue' }]]),
  timestamp: 1_700_000_000n,
}

export interface AmqplibSession {
  server: ScriptedServer
  connection: ChannelModel
  /** Channel 1. */
  channel: Channel
}

export async function startAmqplib(): Promise<AmqplibSession> {
  const server = new ScriptedServer()
  const port = await server.listen()
  const url = `amqp://user:p%40ss@127.0.0.1:${port}/a%2Fb?heartbeat=0`
  const connection = await amqp.connect(url, { noDelay: true })
  connection.on('error', () => {})
  const channel = await connection.createChannel()
  channel.on('error', () => {})
  return { server, connection, channel }
}

/** Sends a message to the consumer `tag` on channel 1. */
export function deliver(
  server: ScriptedServer,
  fields: object,
  properties: BasicProperties = {},
  body = Buffer.from('body'),
): void {
  server.send(
    encodeMethodFrame(1, blankMethod(BASIC_DELIVER, { consumerTag: 'tag', ...fields })),
    encodeContentHeaderFrame(1, body.length, properties),
    encodeBodyFrames(1, body, 131072),
  )
}

/** A consumer's callback and a promise of the first `count` messages it is called with. */
export function deliveries(count: number): {
  take: (message: ConsumeMessage | null) => void
  all: Promise<(ConsumeMessage | null)[]>
} {
  const messages: (ConsumeMessage | null)[] = []
  let done: (messages: (ConsumeMessage | null)[]) => void
  const all = new Promise<(ConsumeMessage | null)[]>((resolve) => {
    done = resolve
  })
  return {
    all,
    take: (message) => {
      if (messages.push(message) === count) done(messages)
    },
  }
}
