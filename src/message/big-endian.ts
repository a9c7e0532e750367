// Shifts are faster than the methods of Buffer, which check what they are given each time. There must
// be room for what is read or written; who writes gets the place behind it.

export function readUint16(bytes: Buffer, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

export function readUint32(bytes: Buffer, at: number): number {
  return readUint16(bytes, at) * 0x1_0000 + readUint16(bytes, at + 2)
}

/** A small number stays one: V8 keeps what is multiplied by as much in memory of its own. */
export function readUint48(bytes: Buffer, at: number): number {
  const high = readUint16(bytes, at)
  const low = readUint32(bytes, at + 2)
  return high === 0 ? low : high * 0x1_0000_0000 + low
}

export function writeUint16(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
  return at + 2
}

export function writeUint32(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
  return at + 4
}

export function writeUint48(bytes: Buffer, at: number, value: number): number {
  return writeUint32(bytes, writeUint16(bytes, at, Math.floor(value / 0x1_0000_0000)), value)
}
