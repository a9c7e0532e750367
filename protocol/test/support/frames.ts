/** A frame of any type and payload. */
export function frame(type: number, channel: number, payload: Buffer | string): Buffer {
  const content = typeof payload === 'string' ? Buffer.from(payload) : payload
  const bytes = Buffer.alloc(content.length + 8)
  bytes.writeUInt8(type, 0)
  bytes.writeUInt16BE(channel, 1)
  bytes.writeUInt32BE(content.length, 3)
  content.copy(bytes, 7)
  bytes.writeUInt8(0xce, bytes.length - 1)
  return bytes
}
