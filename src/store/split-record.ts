/**
 * Cuts a record, given in parts, into pieces of at most so many bytes, given in parts, too. There is
 * always one piece at least.
 */
export function splitRecord(parts: readonly Buffer[], maxBytes: number): Buffer[][] {
  let piece: Buffer[] = []
  let room = maxBytes
  const pieces = [piece]
  for (const part of parts) {
    for (let start = 0; start < part.length; ) {
      if (room === 0) {
        piece = []
        room = maxBytes
        pieces.push(piece)
      }
      const end = Math.min(part.length, start + room)
      piece.push(part.subarray(start, end))
      room -= end - start
      start = end
    }
  }
  return pieces
}
