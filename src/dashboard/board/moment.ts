/** How far from 1970 a date can be, in milliseconds. https://tc39.es/ecma262/#sec-time-values-and-time-range */
const FURTHEST_MS = 8.64e15

/**
 * What a client says is a time, in milliseconds since 1970; undefined where it is none, or so far away that
 * neither Node.js nor a browser could show it.
 */
export function momentOf(value: unknown, unitMs = 1): number | undefined {
  if (typeof value !== 'number') return undefined
  const ms = value * unitMs
  return Math.abs(ms) <= FURTHEST_MS ? ms : undefined
}

export function momentText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
