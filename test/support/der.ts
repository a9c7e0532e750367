// As much of DER, ITU-T X.690, as a certificate needs.

const SEQUENCE = 0x30
const SET = 0x31

/** One value: its tag, its length and its contents. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content])
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length]
  if (length < 0x100) return [0x81, length]
  return [0x82, length >> 8, length & 0xff]
}

export const sequence = (...items: readonly Uint8Array[]): Buffer => der(SEQUENCE, ...items)

export const set = (...items: readonly Uint8Array[]): Buffer => der(SET, ...items)

/** `2.5.4.3` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(arc: number): number[] {
  const octets = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    octets.unshift(0x80 + (left % 128))
  }
  return octets
}

/** Text of ASCII only, of which there are two kinds. */
export const printable = (value: string): Buffer => der(0x13, Buffer.from(value))
export const ia5 = (value: string): Buffer => der(0x16, Buffer.from(value))

export const text = (value: string): Buffer => der(0x0c, Buffer.from(value))

export const octets = (value: Uint8Array): Buffer => der(0x04, value)

export const bits = (value: Uint8Array): Buffer => der(0x03, Buffer.from([0]), value)

/** `YYMMDDHHMMSSZ`, which is good until 2049. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/\D/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}
