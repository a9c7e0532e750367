// What messages are made of: who they are, and then octets that follow from that, so that one which
// was cut, mixed up with another or changed cannot pass.
//
//     0      4        8        12
//     | lane | number | length | filler …

const STAMP_BYTES = 12
const FILLER_BYTES = 2 * 1024 * 1024
/** Where a message's filler begins depends on who it is. */
const FILLER_STARTS = 1021

export const LEAST_BODY_BYTES: number = STAMP_BYTES

const FILLER = makeFiller()

export interface Stamp {
  readonly lane: number
  readonly number: number
}

export function makeBody({ lane, number }: Stamp, size: number): Buffer {
  const body = Buffer.allocUnsafe(size)
  body.writeUInt32BE(lane, 0)
  body.writeUInt32BE(number, 4)
  body.writeUInt32BE(size, 8)
  const start = fillerStart({ lane, number })
  FILLER.copy(body, STAMP_BYTES, start, start + size - STAMP_BYTES)
  return body
}

/** Who it is; throws when it is not what was published. */
export function readBody(body: Buffer): Stamp {
  if (body.length < STAMP_BYTES) throw new Error(`a body of ${body.length} bytes is nobody's`)
  const stamp = { lane: body.readUInt32BE(0), number: body.readUInt32BE(4) }
  const start = fillerStart(stamp)
  const end = start + body.length - STAMP_BYTES
  const isWhole =
    body.readUInt32BE(8) === body.length &&
    body.compare(FILLER, start, end, STAMP_BYTES, body.length) === 0
  if (!isWhole) {
    throw new Error(`the body of ${stamp.lane}/${stamp.number} is not what was published`)
  }
  return stamp
}

function fillerStart({ lane, number }: Stamp): number {
  return (lane * 31 + number) % FILLER_STARTS
}

function makeFiller(): Buffer {
  const filler = Buffer.alloc(FILLER_BYTES)
  let state = 0x2545_f491
  for (let at = 0; at < FILLER_BYTES; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    filler.writeInt32LE(state, at)
  }
  return filler
}
