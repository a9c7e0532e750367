import {
  BASIC_PUBLISH,
  type BasicProperties,
  encodeBodyFrames,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_HEADER_SIZE,
} from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { ChannelOutput } from '../channel/channel-output.ts'
import { Publisher } from '../channel/publisher.ts'
import { REJECTED } from '../exchange/destination.ts'
import { Message, NO_MORE_RUNS } from '../message/message.ts'
import { type TicketSource, whenStored } from '../message-log/ticket-source.ts'
import { PublishRequest } from '../vhost/publish-request.ts'
import type { Vhost } from '../vhost/vhost.ts'
import { badRequest } from './http-error.ts'

/** As most clients cut a body into frames. */
const FRAME_MAX = 131_072
const CHANNEL = 1

export interface Publication {
  readonly vhost: Vhost
  readonly access: Access
  readonly messageLog: TicketSource | null
  readonly exchange: string
  readonly routingKey: string
  readonly properties: BasicProperties
  readonly body: Buffer
}

/**
 * Publishes as a client would: with the same checks, and `mandatory` so that it is known whether any
 * queue gets it. Resolves with that when the message is safe. Throws what publishing throws, and 400 when
 * a queue is full and refuses.
 */
export async function publish(publication: Publication): Promise<boolean> {
  const { vhost, access, messageLog, properties, body } = publication
  const output = new ReturnWatch()
  const { counts } = vhost
  const origin = { connectionName: '', number: CHANNEL, username: access.user.name }
  const common = { channel: CHANNEL, vhost, access, output, origin, counts }
  const publisher = new Publisher({ ...common, readsDeaths: false })
  const request = requestFor(publication)
  const content = Buffer.concat([
    encodeContentHeaderFrame(CHANNEL, body.length, properties),
    encodeBodyFrames(CHANNEL, body, FRAME_MAX),
  ])
  const message = new Message(request.address, content, 0, content.length, NO_MORE_RUNS)
  if (publisher.publish(request, message) === REJECTED) {
    throw badRequest('the message was not confirmed: a queue is full')
  }
  await whenStored(messageLog)
  counts.confirmed++
  return !output.hasReturned
}

/** Throws 400 when a name is longer than a short string can be. */
function requestFor({ access, exchange, routingKey }: Publication): PublishRequest {
  if (Math.max(Buffer.byteLength(exchange), Buffer.byteLength(routingKey)) > 255) {
    throw badRequest('a routing key has at most 255 octets')
  }
  const flags = { mandatory: true, immediate: false }
  const method = { id: BASIC_PUBLISH, ticket: 0, exchange, routingKey, ...flags } as const
  const frame = encodeMethodFrame(CHANNEL, method)
  return new PublishRequest(access, frame, FRAME_HEADER_SIZE, frame.length - 1)
}

/** Nobody reads this output: it only tells whether the message came back. */
class ReturnWatch implements ChannelOutput {
  readonly full = false
  hasReturned = false

  content(): void {
    this.hasReturned = true
  }

  method(): void {}

  deliver(): void {}

  beforeFlush(): void {}
}
