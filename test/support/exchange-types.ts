// What tests of exchange types share: exchanges of any type, and who gets what of many messages.

import { EXCHANGE_DECLARE, EXCHANGE_DECLARE_OK, fieldTableFromObject } from 'amqp-codec'
import type { BrokerUnderTest } from './raw-client-broker.ts'
import type { RawChannel } from './raw-client-channel.ts'

type Arguments = Parameters<typeof fieldTableFromObject>[0]

/** Gives its name. */
export async function declareExchange(
  broker: BrokerUnderTest,
  channel: RawChannel,
  type: string,
  declareArguments: Arguments = {},
): Promise<string> {
  const exchange = broker.exchangeName()
  const fields = { exchange, type, arguments: fieldTableFromObject(declareArguments) }
  await channel.send(EXCHANGE_DECLARE, fields).expect(EXCHANGE_DECLARE_OK)
  return exchange
}

/** Expects `exchange.declare` to be refused with 406. */
export async function expectRefused(
  broker: BrokerUnderTest,
  type: string,
  declareArguments: Arguments,
  text: string,
): Promise<void> {
  const channel = await broker.channel()
  const fields = { type, arguments: fieldTableFromObject(declareArguments) }
  channel.send(EXCHANGE_DECLARE, { exchange: broker.exchangeName(), ...fields })
  await channel.expectClose(406, `PRECONDITION_FAILED - ${text}`, EXCHANGE_DECLARE)
}

/** What each of the queues gets of `count` messages, whose bodies are their numbers. */
export async function spread(
  channel: RawChannel,
  queues: readonly string[],
  count: number,
  publish: (index: number) => void,
): Promise<string[][]> {
  await channel.confirmSelect()
  for (let index = 0; index < count; index++) publish(index)
  await channel.confirmed(count)
  const found: string[][] = []
  for (const queue of queues) found.push(await channel.drain(queue))
  return found
}

export const sizes = (found: string[][]): number[] => found.map(({ length }) => length)
export const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0)
