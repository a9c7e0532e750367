import {
  CONTENT_HEADER_MIN_SIZE,
  hasProperty,
  PROPERTY_CONTENT_ENCODING,
  PROPERTY_CONTENT_TYPE,
  PROPERTY_HEADERS,
} from 'amqp-codec'
import { readUint32, writeUint32 } from '../message/big-endian.ts'
import type { ByteArena } from '../message/byte-arena.ts'
import { copyBytes } from '../message/copy-bytes.ts'
import { Message, NO_MORE_RUNS } from '../message/message.ts'
import { withoutHeader } from '../message/rewritten.ts'

const NAME = 'x-stream-offset'
const LETTER_L = 0x6c
/** The field up to its value: a short string, and the type of a 64-bit integer. */
const FIELD_HEAD: Buffer = Buffer.from([NAME.length, ...Buffer.from(NAME), LETTER_L])
const FIELD_BYTES: number = FIELD_HEAD.length + 8
const TABLE_LENGTH_BYTES = 4
const FLAGS_AT = 12
const FRAME_SIZE_AT = 3
/** Of larger contents only the header is copied. */
const COPY_LIMIT_BYTES = 8 * 1024

/**
 * The message as it is delivered: with its offset among its headers. It is made once for all consumers
 * that read it at about the same time, in memory that it shares with its neighbours, and needs nothing
 * of the original but large bodies.
 */
export function withOffset(original: Message, offset: number, arena: ByteArena): Message {
  // A publisher's own header of that name, which a message has that was taken from another stream.
  const message = mayHaveOffset(original) ? withoutHeader(original, NAME) : original
  const { buffer, start, headerStart, headerEnd, headerFrameBytes } = message
  const hasTable = hasProperty(buffer, headerStart, PROPERTY_HEADERS)
  const added = hasTable ? FIELD_BYTES : FIELD_BYTES + TABLE_LENGTH_BYTES
  const bodyStart = start + headerFrameBytes
  const isCopied = message.isOneFrame && message.end - start <= COPY_LIMIT_BYTES
  const copiedEnd = isCopied ? message.end : bodyStart
  const size = copiedEnd - start + added
  const from = arena.take(size)
  const { slab } = arena

  const tableAt = tableStart(message)
  const restAt = hasTable ? tableAt + TABLE_LENGTH_BYTES : tableAt
  copyBytes(buffer, start, tableAt, slab, from)
  let at = from + tableAt - start
  const tableBytes = hasTable ? readUint32(buffer, tableAt) + FIELD_BYTES : FIELD_BYTES
  at = writeUint32(slab, at, tableBytes)
  for (let index = 0; index < FIELD_HEAD.length; index++) slab[at++] = FIELD_HEAD[index] as number
  at = writeUint32(slab, at, Math.floor(offset / 0x1_0000_0000))
  at = writeUint32(slab, at, offset)
  copyBytes(buffer, restAt, copiedEnd, slab, at)
  writeUint32(slab, from + FRAME_SIZE_AT, headerEnd - headerStart + added)
  const flagsAt = from + headerStart - start + FLAGS_AT
  slab[flagsAt] = (slab[flagsAt] as number) | (PROPERTY_HEADERS >>> 8)

  let rest = NO_MORE_RUNS
  if (!isCopied) {
    rest =
      bodyStart < message.end
        ? [{ buffer, start: bodyStart, end: message.end }, ...message.rest]
        : message.rest
  }
  return new Message(message.address, slab, from, from + size, rest)
}

/** Where the table of headers is, or would be: only two properties come before it. */
function tableStart({ buffer, headerStart }: Message): number {
  let at = headerStart + CONTENT_HEADER_MIN_SIZE
  if (hasProperty(buffer, headerStart, PROPERTY_CONTENT_TYPE)) at += 1 + (buffer[at] as number)
  if (hasProperty(buffer, headerStart, PROPERTY_CONTENT_ENCODING)) at += 1 + (buffer[at] as number)
  return at
}

/** Whether the name may be there: decoding every table to find out would cost more than all else. */
function mayHaveOffset(message: Message): boolean {
  const { buffer, headerStart } = message
  if (!hasProperty(buffer, headerStart, PROPERTY_HEADERS)) return false
  const tableAt = tableStart(message)
  const first = tableAt + TABLE_LENGTH_BYTES
  const last = first + readUint32(buffer, tableAt) - FIELD_HEAD.length
  for (let at = first; at <= last; at++) {
    // The length, and letters that few other names of that length have in these places.
    if (buffer[at] !== NAME.length || buffer[at + 1] !== FIELD_HEAD[1]) continue
    if (buffer[at + 3] === FIELD_HEAD[3] && buffer[at + 10] === FIELD_HEAD[10]) return true
  }
  return false
}
