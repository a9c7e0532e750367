// Big-endian numbers read by shifts: the hot paths read several a message, and
// this is a fraction of what Buffer's checked accessors cost.

export function readUint32(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  )
}

/** Exact up to 2^53 - 1, which no delivery tag or body size here comes near. */
export function readUint64(bytes: Buffer, at: number): number {
  return readUint32(bytes, at) * 0x100000000 + readUint32(bytes, at + 4)
}
