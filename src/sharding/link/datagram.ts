// What travels on a link: one piece of a batch, which is the whole of it unless it is large, and the
// answer to it.
//
//     datagram:  0 version   1 marks   2 … 9 id of the link   10 … 15 number   16 … the piece
//     answer:    0 version   1 kind    2 … 7 the last number up to which all were received
//
// Marks: the highest bit says that the batch has more pieces; the lowest four how many numbers before this
// one the sender may still have to send again. All before those it has been told were received, so
// that a receiver that misses one of them knows that it is not the one the sender began with.

import { randomBytes } from 'node:crypto'

const VERSION = 1

export const HEADER_BYTES = 16
/** Of the numbers of a link, at most so many are under way, the lowest and the highest included. */
export const WINDOW_DATAGRAMS = 16

const HAS_MORE = 0x80
const OPEN_BEFORE = WINDOW_DATAGRAMS - 1

const MARKS_AT = 1
const LINK_AT = 2
const NUMBER_AT = 10
const NUMBER_BYTES = 6

const ANSWER_BYTES = 8
const ANSWERED_NUMBER_AT = 2
const RECEIVED = 0
const UNKNOWN_LINK = 1

/** 8 bytes, as base64url. */
export type LinkId = string

const LINK_BYTES = NUMBER_AT - LINK_AT

export const newLinkId = (): LinkId => randomBytes(LINK_BYTES).toString('base64url')

export interface DatagramHeader {
  readonly link: LinkId
  readonly number: number
  /** The lowest number that the sender may send again. */
  readonly oldestOpen: number
  readonly hasMore: boolean
}

/** Everything but the piece itself, and how many are open before it: see `markOpenBefore`. */
export function writeHeader(datagram: Buffer, header: Omit<DatagramHeader, 'oldestOpen'>): void {
  datagram[0] = VERSION
  datagram[MARKS_AT] = header.hasMore ? HAS_MORE : 0
  datagram.write(header.link, LINK_AT, 'base64url')
  datagram.writeUIntBE(header.number, NUMBER_AT, NUMBER_BYTES)
}

/** Done each time that it is sent. */
export function markOpenBefore(datagram: Buffer, openBefore: number): void {
  datagram[MARKS_AT] = ((datagram[MARKS_AT] as number) & HAS_MORE) | openBefore
}

/** `undefined` for what no sender has made. */
export function readHeader(datagram: Buffer): DatagramHeader | undefined {
  if (datagram.length < HEADER_BYTES || datagram[0] !== VERSION) return undefined
  const marks = datagram[MARKS_AT] as number
  if ((marks & ~(HAS_MORE | OPEN_BEFORE)) !== 0) return undefined
  const number = datagram.readUIntBE(NUMBER_AT, NUMBER_BYTES)
  const oldestOpen = number - (marks & OPEN_BEFORE)
  if (oldestOpen < 1) return undefined
  const link = datagram.toString('base64url', LINK_AT, NUMBER_AT)
  return { link, number, oldestOpen, hasMore: (marks & HAS_MORE) !== 0 }
}

export function receivedUpTo(number: number): Buffer {
  const answer = Buffer.allocUnsafe(ANSWER_BYTES)
  answer[0] = VERSION
  answer[1] = RECEIVED
  answer.writeUIntBE(number, ANSWERED_NUMBER_AT, NUMBER_BYTES)
  return answer
}

export const unknownLink: Buffer = Buffer.from([VERSION, UNKNOWN_LINK, 0, 0, 0, 0, 0, 0])

/** Up to which number all were received; `undefined` for what no receiver has made. */
export function readAnswer(bytes: Uint8Array): number | 'unknown link' | undefined {
  if (bytes.length !== ANSWER_BYTES || bytes[0] !== VERSION) return undefined
  if (bytes[1] === UNKNOWN_LINK) return 'unknown link'
  if (bytes[1] !== RECEIVED) return undefined
  const answer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return answer.readUIntBE(ANSWERED_NUMBER_AT, NUMBER_BYTES)
}
