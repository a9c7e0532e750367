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
import { type TicketSource, whenKnown } from '../message-log/ticket-source.ts'
import type { Queue } from '../queue/queue.ts'
import { PublishRequest } from '../vhost/publish-request.ts'
import type { Vhost } from '../vhost/vhost.ts'
import { badRequest, type HttpError } from './http-error.ts'

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

/** What is to come to a queue, through the default exchange, but not now. */
export interface DelayedPublication extends Omit<Publication, 'exchange' | 'routingKey'> {
  readonly queue: Queue
  readonly delayMs: number
}

/**
 * Publishes as a client would: with the same checks, and `mandatory` so that it is known whether any
 * queue gets it. Resolves with that when the message is safe. Throws what publishing throws, and 400 when
 * a queue is full and refuses.
 */
export async function publish(publication: Publication): Promise<boolean> {
  const output = new ReturnWatch()
  const publisher = publisherFor(publication, output)
  const request = requestFor(publication)
  const outcome = publisher.publish(request, messageFor(publication, request))
  if ((await whenKnown(publication.messageLog, outcome)) === REJECTED) throw queueRefuses()
  publication.vhost.counts.confirmed++
  return !output.hasReturned
}

/** The same, with the same checks, of what the queue gets when its time has come. */
export async function publishLater(publication: DelayedPublication): Promise<void> {
  const { vhost, queue, delayMs, messageLog } = publication
  const immediate = { ...publication, exchange: '', routingKey: queue.name }
  const request = requestFor(immediate)
  const publisher = publisherFor(immediate, new ReturnWatch())
  const { message } = publisher.prepare(request, messageFor(immediate, request))
  const outcome = vhost.delays.delay(queue, message, delayMs)
  vhost.counts.published++
  // With the first one that is delayed, it is stored that the queue may have some.
  await vhost.queueStored(queue.name)
  await whenKnown(messageLog, outcome)
  vhost.counts.confirmed++
}

/** The queue is full. */
export const queueRefuses = (): HttpError =>
  badRequest('rejected Unable to publish message. Check queue limits.')

function publisherFor(
  { vhost, access, messageLog }: Publication,
  output: ChannelOutput,
): Publisher {
  const origin = { connectionName: '', number: CHANNEL, username: access.user.name }
  const common = { channel: CHANNEL, vhost, access, output, messageLog, origin }
  return new Publisher({ ...common, counts: vhost.counts, readsDeaths: false })
}

function messageFor({ body, properties }: Publication, { address }: PublishRequest): Message {
  const content = Buffer.concat([
    encodeContentHeaderFrame(CHANNEL, body.length, properties),
    encodeBodyFrames(CHANNEL, body, FRAME_MAX),
  ])
  return new Message(address, content, 0, content.length, NO_MORE_RUNS)
}

/** Throws 400 when it is longer than a short string can be. */
export function assertRoutingKey(routingKey: string): void {
  if (Buffer.byteLength(routingKey) > 255) throw badRequest('a routing key has at most 255 octets')
}

/** Throws 400 when a name is longer than a short string can be. */
function requestFor({ access, exchange, routingKey }: Publication): PublishRequest {
  for (const name of [exchange, routingKey]) assertRoutingKey(name)
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

  deliverRun(): number {
    return 0
  }

  beforeFlush(): void {}
}
