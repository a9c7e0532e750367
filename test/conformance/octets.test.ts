// What a client may send is octets, not text: routing keys and properties need not be UTF-8, and come
// to others as they were sent. Spec 4.2.5.3, 4.2.6.1.

import {
  BASIC_DELIVER,
  BASIC_GET,
  BASIC_GET_OK,
  BASIC_PUBLISH,
  BASIC_RETURN,
  CLASS_BASIC,
  decodeProperties,
  EXCHANGE_DECLARE,
  EXCHANGE_DECLARE_OK,
  FRAME_HEADER,
  PROPERTY_CORRELATION_ID,
  PROPERTY_HEADERS,
  PROPERTY_MESSAGE_ID,
  PROPERTY_REPLY_TO,
} from 'amqp-codec'
import { describe, expect } from 'vitest'
import { type BrokerUnderTest, test } from '../support/raw-client-broker.ts'
import type { RawChannel } from '../support/raw-client-channel.ts'
import type { Arrival } from '../support/raw-client-wire.ts'

/** As long as a short string may be, so that three octets in the place of one cannot fit. */
const OCTETS = Buffer.alloc(255, 0xff)
const MANDATORY = 1

interface RawPublish {
  readonly exchange?: string
  readonly routingKey: string | Buffer
  readonly flags?: number
  /** The octets of each property by its flag, in their order on the wire. */
  readonly properties?: ReadonlyMap<number, Buffer>
}

/** Publishes an empty message without the codec, which knows only text. */
function publishOctets(channel: RawChannel, publish: RawPublish): void {
  const { exchange = '', routingKey, flags = 0, properties = new Map<number, Buffer>() } = publish
  const address = Buffer.concat([shortstr(exchange), shortstr(routingKey)])
  channel.sendArguments(BASIC_PUBLISH, Buffer.concat([Buffer.alloc(2), address, Buffer.of(flags)]))
  channel.wire.sendFrame(FRAME_HEADER, channel.number, headerOf(properties))
}

function headerOf(properties: ReadonlyMap<number, Buffer>): Buffer {
  const fixed = Buffer.alloc(14)
  fixed.writeUInt16BE(CLASS_BASIC)
  fixed.writeUInt16BE(
    [...properties.keys()].reduce((all, flag) => all | flag, 0),
    12,
  )
  return Buffer.concat([fixed, ...properties.values()])
}

function shortstr(value: string | Buffer): Buffer {
  const octets = Buffer.from(value as string)
  return Buffer.concat([Buffer.of(octets.length), octets])
}

function table(...fields: Buffer[]): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(Buffer.concat(fields).length)
  return Buffer.concat([size, ...fields])
}

function longstr(octets: Buffer): Buffer {
  return Buffer.concat([Buffer.from('S'), table(octets)])
}

/** The next arrival, which must be this method. */
async function arrivalOf(channel: RawChannel, id: number): Promise<Arrival> {
  const arrival = await channel.wire.next(channel.number)
  expect(arrival.method.id).toBe(id)
  return arrival
}

/** Sends a request and gives what it is answered with. */
function getOctets(channel: RawChannel, queue: string): Promise<Arrival> {
  return arrivalOf(channel.send(BASIC_GET, { queue, noAck: true }), BASIC_GET_OK)
}

describe('a routing key of any octets', () => {
  async function declareFanout(broker: BrokerUnderTest, channel: RawChannel): Promise<string> {
    const exchange = broker.exchangeName()
    const fields = { exchange, type: 'fanout' }
    await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
    return exchange
  }

  const addressOf = (exchange: string) => Buffer.concat([shortstr(exchange), shortstr(OCTETS)])

  test('is delivered as it was sent', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareFanout(broker, channel)
    await channel.consume(await channel.declareBoundQueue(exchange, ''), { noAck: true })
    publishOctets(channel, { exchange, routingKey: OCTETS })
    const { octets } = await arrivalOf(channel, BASIC_DELIVER)
    const address = addressOf(exchange)
    expect(octets.subarray(-address.length)).toEqual(address)
  })

  test('comes with basic.get as it was sent, however often', async ({ broker }) => {
    const channel = await broker.channel()
    const exchange = await declareFanout(broker, channel)
    const queue = await channel.declareBoundQueue(exchange, '')
    for (let n = 0; n < 2; n++) publishOctets(channel, { exchange, routingKey: OCTETS })
    for (let n = 0; n < 2; n++) {
      const { octets } = await getOctets(channel, queue)
      // Class and method, delivery tag and flags stand before the address, the count behind it.
      expect(octets.subarray(13, -4)).toEqual(addressOf(exchange))
    }
  })

  test('comes back as it was sent', async ({ broker }) => {
    const channel = await broker.channel()
    publishOctets(channel, { routingKey: OCTETS, flags: MANDATORY })
    const { octets } = await arrivalOf(channel, BASIC_RETURN)
    const address = addressOf('')
    expect(octets.subarray(-address.length)).toEqual(address)
    await channel.expectNothing()
  })
})

describe('properties of any octets', () => {
  test('stay as they were sent', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const properties = new Map([
      [PROPERTY_HEADERS, table(shortstr(OCTETS), longstr(OCTETS))],
      [PROPERTY_CORRELATION_ID, shortstr(OCTETS)],
      [PROPERTY_MESSAGE_ID, shortstr(OCTETS)],
    ])
    publishOctets(channel, { routingKey: queue, properties })
    expect((await getOctets(channel, queue)).header).toEqual(headerOf(properties))
  })

  test('stay in a request whose direct reply-to is filled in', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    await channel.consume('amq.rabbitmq.reply-to', { noAck: true })
    const sent = new Map([
      [PROPERTY_CORRELATION_ID, shortstr(OCTETS)],
      [PROPERTY_REPLY_TO, shortstr('amq.rabbitmq.reply-to')],
      [PROPERTY_MESSAGE_ID, shortstr(OCTETS)],
    ])
    publishOctets(channel, { routingKey: queue, properties: sent })
    const { header } = await getOctets(channel, queue)
    const { replyTo = '' } = decodeProperties(header, 0, header.length)
    expect(replyTo).toMatch(/^amq\.rabbitmq\.reply-to\../)
    expect(header).toEqual(headerOf(new Map(sent).set(PROPERTY_REPLY_TO, shortstr(replyTo))))

    publishOctets(channel, {
      routingKey: replyTo,
      properties: new Map([[PROPERTY_CORRELATION_ID, shortstr(OCTETS)]]),
    })
    const reply = await arrivalOf(channel, BASIC_DELIVER)
    expect(reply.header).toEqual(headerOf(new Map([[PROPERTY_CORRELATION_ID, shortstr(OCTETS)]])))
  })

  test('stay in a message whose BCC is taken out', async ({ broker }) => {
    const channel = await broker.channel()
    const queue = await channel.declareQueue()
    const BCC = Buffer.concat([shortstr('BCC'), Buffer.from('A'), table(longstr(Buffer.from('x')))])
    const before = Buffer.concat([shortstr('before'), longstr(OCTETS)])
    const behind = Buffer.concat([shortstr(OCTETS), longstr(OCTETS)])
    const correlationId = [PROPERTY_CORRELATION_ID, shortstr(OCTETS)] as const
    publishOctets(channel, {
      routingKey: queue,
      properties: new Map([[PROPERTY_HEADERS, table(before, BCC, behind)], correlationId]),
    })
    const expected = new Map([[PROPERTY_HEADERS, table(before, behind)], correlationId])
    expect((await getOctets(channel, queue)).header).toEqual(headerOf(expected))
  })
})
