import { isUtf8 } from 'node:buffer'
import { decodeProperties } from 'amqp-codec'
import type { Message } from '../../message/message.ts'
import { messageBody } from '../../message/message-body.ts'
import { argumentsJson } from './arguments-json.ts'
import { propertiesJson } from './properties-json.ts'

/** How a message's body is shown. */
export interface BodyDisplay {
  /** `auto` for text where it is text, and base64 elsewhere. */
  readonly encoding: 'auto' | 'base64'
  /** No more octets than this. */
  readonly truncate: number
}

/** Where it is and who has it: what is told of a message besides what it came with. */
export interface MessagePlace {
  readonly id: string
  readonly state: 'ready' | 'unacked' | 'delayed'
  readonly position?: number
  readonly redelivered: boolean
  readonly expires_at?: number
  readonly due_at?: number
  readonly delivery_count?: number
  readonly consumer?: object
}

/** As `basic.get` gives it. */
export function contentJson(message: Message, { encoding, truncate }: BodyDisplay): object {
  const { buffer, headerStart, headerEnd } = message
  const body = messageBody(message).subarray(0, truncate)
  const isText = encoding === 'auto' && isUtf8(body) && !isLongInJson(body)
  return {
    properties: propertiesJson(decodeProperties(buffer, headerStart, headerEnd)),
    payload: body.toString(isText ? 'utf8' : 'base64'),
    payload_encoding: isText ? 'string' : 'base64',
  }
}

/** Bodies of more octets than this are looked through before they are shown as text. */
const LARGE_BYTES = 64 * 1024

/** Control characters take six letters in JSON: a large body that has many of them is better off as base64. */
function isLongInJson(body: Buffer): boolean {
  if (body.length <= LARGE_BYTES) return false
  let count = 0
  for (let index = 0; index < body.length; index++) {
    const octet = body[index] as number
    if (octet < SPACE && octet !== TAB && octet !== LF && octet !== CR) count++
  }
  return count > body.length / 10
}

const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20]

/** As somebody sees it who looks into a queue. */
export function messageJson(message: Message, place: MessagePlace, display: BodyDisplay): object {
  const { address, bodySize, headers } = message
  const { encoding, truncate } = display
  const end = encoding === 'auto' ? textEnd(message, truncate) : truncate
  const death = headers?.get('x-death')
  const latest = death?.type === 'A' ? death.value[0] : undefined
  return {
    ...place,
    payload_bytes: bodySize,
    exchange: address.exchange,
    routing_key: address.routingKey,
    ...contentJson(message, { encoding, truncate: end }),
    truncated: bodySize > end,
    ...(latest?.type === 'F' ? { death: argumentsJson(latest.value) } : {}),
  }
}

/** Text is not cut within a letter: it would be taken for something else than text. */
function textEnd(message: Message, truncate: number): number {
  if (truncate >= message.bodySize) return truncate
  const body = messageBody(message)
  let end = truncate
  while (end > 0 && truncate - end < 3 && isWithinLetter(body[end] as number)) end--
  return isUtf8(body.subarray(0, end)) ? end : truncate
}

const isWithinLetter = (octet: number): boolean => (octet & 0xc0) === 0x80
