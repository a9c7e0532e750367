import type { FileHandle } from 'node:fs/promises'
import { splitRecord } from '../split-record.ts'

/** Linux writes no more at once than a little less than 2 GiB, and Node counts no further. */
const PIECE_BYTES = 1 << 30

/** Writes all of it, and throws when something does not fit in. */
export async function writeAll(
  handle: FileHandle,
  buffers: readonly Buffer[],
  offset: number,
  pieceBytes: number = PIECE_BYTES,
): Promise<void> {
  const isOnePiece = bytesOf(buffers) <= pieceBytes
  let at = offset
  for (const piece of isOnePiece ? [buffers] : splitRecord(buffers, pieceBytes)) {
    const length = bytesOf(piece)
    assertWritten((await handle.writev(piece, at)).bytesWritten, length)
    at += length
  }
}

const bytesOf = (buffers: readonly Buffer[]): number =>
  buffers.reduce((sum, { length }) => sum + length, 0)

export function assertWritten(writtenLength: number, length: number): void {
  if (writtenLength < length) throw new Error(`only ${writtenLength} of ${length} bytes fit in`)
}
