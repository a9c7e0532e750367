import { randomInt } from 'node:crypto'
import { uniqueName } from '../base/unique-name.ts'
import type { NodePlace } from '../definitions/definition.ts'

/** The name under which every client consumes its replies, and which stands for none in particular. */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to'

/** Where a reply queue is in a cluster. */
export interface PlacedReplyQueue {
  readonly id: number
  readonly place: NodePlace
}

/** Queues that are declared have lower ones. Who does not know the name cannot guess it. */
const FIRST_ID = 2 ** 32
const END_OF_IDS = 2 ** 48 - 1
const PLACED = /^amq\.rabbitmq\.reply-to\.[\w-]{22}\.(\d{10,15})\.([\w-]+)\.([\w-]+)$/

export const newReplyQueueId = (): number => randomInt(FIRST_ID, END_OF_IDS)

/** In a cluster it says where the queue is, so that nobody has to be told. */
export function newReplyQueueName(placed: PlacedReplyQueue | undefined): string {
  const name = uniqueName(`${DIRECT_REPLY_TO}.`)
  if (placed === undefined) return name
  const { id, place } = placed
  return `${name}.${id}.${place.node}.${place.incarnation}`
}

/** Undefined for a name that is not one of a cluster's reply queues. */
export function readReplyQueueName(name: string): PlacedReplyQueue | undefined {
  // Most names that are looked up are not.
  if (!name.startsWith(DIRECT_REPLY_TO)) return undefined
  const [, digits = '', node = '', incarnation = ''] = PLACED.exec(name) ?? []
  const id = Number(digits)
  if (id < FIRST_ID || id >= END_OF_IDS) return undefined
  return { id, place: { node, incarnation } }
}
