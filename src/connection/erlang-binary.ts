const MAX_OCTETS = 16

/**
 * The first octets of a frame's payload as RabbitMQ prints them in an error. `payloadSize` may be
 * larger than what is there.
 */
export function printedPayload(payload: Buffer, payloadSize: number): string {
  const octets = payload.subarray(0, MAX_OCTETS)
  const which =
    payloadSize > MAX_OCTETS && octets.length > 0 ? `first ${MAX_OCTETS} octets` : 'all octets'
  return `${which} = ${erlangBinary(octets)}`
}

/** Octets as numbers, whatever they are. */
export function erlangOctets(octets: Buffer): string {
  return `<<${[...octets.subarray(0, 255)].join(',')}>>`
}

/** As text where it is text, as numbers where it is not. */
function erlangBinary(octets: Buffer): string {
  if (octets.length === 0) return '<<>>'
  if (!octets.every((octet) => octet >= 0x20 && octet < 0x7f)) return erlangOctets(octets)
  return `<<"${octets.toString('latin1').replaceAll(/["\\]/g, '\\$&')}">>`
}
