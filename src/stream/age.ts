const SECOND_MS = 1000
const DAY_MS = 24 * 60 * 60 * SECOND_MS

const UNITS_MS: Readonly<Record<string, number>> = {
  Y: 365 * DAY_MS,
  M: 30 * DAY_MS,
  D: DAY_MS,
  h: 60 * 60 * SECOND_MS,
  m: 60 * SECOND_MS,
  s: SECOND_MS,
}

/**
 * Milliseconds of an age as RabbitMQ writes it: a whole number above 0 and one of the units `Y`, `M`,
 * `D`, `h`, `m` and `s`. Undefined for anything else. https://www.rabbitmq.com/docs/streams#retention
 */
export function parseAge(age: string): number | undefined {
  const [, count, unit] = /^(\d+)([YMDhms])$/.exec(age) ?? []
  if (count === undefined || unit === undefined) return undefined
  return Number(count) * (UNITS_MS[unit] as number) || undefined
}
