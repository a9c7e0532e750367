/**
 * A message of a shard's stream: a record of its journal, a part of one that is too large for one
 * message, or a mark of whoever writes.
 *
 *     0         1      2       8        14     16        18
 *     | version | kind | epoch | number | part | to come | bytes of the record …
 */
export interface LogFrame {
  readonly kind: FrameKind
  /** That of its writer, see `Succession`. */
  readonly epoch: number
  /** Counts the frames of one epoch, from 0, but for those of the last two kinds. */
  readonly number: number
  /** Which part of the record this is, from 0. */
  readonly part: number
  /** How many parts of this record are still to come. */
  readonly toCome: number
  readonly content: Buffer
}

/**
 * `mark` is counted like a record, and says nothing: it can be first in a stream that has no record.
 *
 * `epoch` says that from here on only this epoch counts, and `barrier` makes sure that nothing that
 * is still under way can take the place of what was before it.
 */
export type FrameKind = 'record' | 'mark' | 'epoch' | 'barrier'

export const FRAME_HEAD_BYTES = 18
const VERSION = 1
const KINDS: readonly FrameKind[] = ['record', 'mark', 'epoch', 'barrier']

/** A frame, whose number is to be set before it is sent. */
export function encodeFrame(
  { kind, epoch, part, toCome }: Pick<LogFrame, 'kind' | 'epoch' | 'part' | 'toCome'>,
  content: readonly Buffer[],
): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head[0] = VERSION
  head[1] = KINDS.indexOf(kind)
  head.writeUIntBE(epoch, 2, 6)
  head.writeUInt16BE(part, 14)
  head.writeUInt16BE(toCome, 16)
  return Buffer.concat([head, ...content])
}

export function setFrameNumber(frame: Buffer, number: number): void {
  frame.writeUIntBE(number, 8, 6)
}

/** Undefined for bytes that are none, as anybody could publish them who may use the subject. */
export function decodeFrame(bytes: Buffer): LogFrame | undefined {
  const kind = KINDS[bytes[1] ?? KINDS.length]
  if (bytes.length < FRAME_HEAD_BYTES || bytes[0] !== VERSION || kind === undefined)
    return undefined
  return {
    kind,
    epoch: bytes.readUIntBE(2, 6),
    number: bytes.readUIntBE(8, 6),
    part: bytes.readUInt16BE(14),
    toCome: bytes.readUInt16BE(16),
    content: bytes.subarray(FRAME_HEAD_BYTES),
  }
}
