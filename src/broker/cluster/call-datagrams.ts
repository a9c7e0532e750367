/*
 * How a question that may be long, and an answer that may be, go as requests of NATS, which takes no more than
 * so many octets at a time:
 *
 *     part id octets ──▶ taken         some of the question
 *     last id octets ──▶ as `more`     the rest of it
 *     more id offset ──▶ answer, the length of all of it, octets from there on; or taken: it is being made
 *
 * Anything may be refused instead: there is no such call, or too much of all of them is in memory.
 */

export const PART = 1
export const LAST = 2
export const MORE = 3

export const TAKEN = 1
export const ANSWER = 2
export const REFUSED = 3

const ID_BYTES = 12
const KIND_BYTES = 1
const NUMBER_BYTES = 6
/** Before the octets of a question or an answer, whichever has more. */
export const OVERHEAD_BYTES: number = KIND_BYTES + Math.max(ID_BYTES, NUMBER_BYTES)

export interface CallDatagram {
  readonly kind: number
  readonly id: string
  readonly rest: Buffer
}

export function encodeCall(kind: number, id: string, rest: Buffer): Buffer {
  return Buffer.concat([Buffer.from([kind]), Buffer.from(id, 'hex'), rest])
}

/** Undefined for what is none. */
export function decodeCall(datagram: Buffer): CallDatagram | undefined {
  if (datagram.length < KIND_BYTES + ID_BYTES) return undefined
  return {
    kind: datagram.readUInt8(0),
    id: datagram.toString('hex', KIND_BYTES, KIND_BYTES + ID_BYTES),
    rest: datagram.subarray(KIND_BYTES + ID_BYTES),
  }
}

export function encodeNumber(number: number): Buffer {
  const bytes = Buffer.alloc(NUMBER_BYTES)
  bytes.writeUIntBE(number, 0, NUMBER_BYTES)
  return bytes
}

/** 0 for what is none. */
export function decodeNumber(bytes: Buffer): number {
  return bytes.length < NUMBER_BYTES ? 0 : bytes.readUIntBE(0, NUMBER_BYTES)
}

export function encodeAnswer(totalBytes: number, octets: Buffer): Buffer {
  return Buffer.concat([Buffer.from([ANSWER]), encodeNumber(totalBytes), octets])
}

export interface AnswerPart {
  readonly totalBytes: number
  readonly octets: Buffer
}

/** What is in an `ANSWER`. */
export function decodeAnswer(datagram: Buffer): AnswerPart {
  const rest = datagram.subarray(KIND_BYTES)
  return { totalBytes: decodeNumber(rest), octets: rest.subarray(NUMBER_BYTES) }
}

export const newCallId = (random: (bytes: number) => Buffer): string =>
  random(ID_BYTES).toString('hex')
