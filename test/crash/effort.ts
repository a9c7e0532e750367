/** Every run does something else, unless CRASH_SEED says what; the seed stands in the tests' names. */
export const seed: number = Number(process.env['CRASH_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

/** How often the broker is killed: `count` times, unless CRASH_ROUNDS says how often. */
export function rounds(count: number): number {
  return Number(process.env['CRASH_ROUNDS'] ?? count)
}
