// Figures as people read them.

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const SHORT = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

export const count = (value: number | undefined): string =>
  value === undefined ? '–' : WHOLE.format(value)

/** So many a second. */
export function rate(value: number | undefined): string {
  if (value === undefined) return '–'
  return `${value >= 100 ? WHOLE.format(value) : SHORT.format(value)}/s`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

export function bytes(value: number | undefined): string {
  if (value === undefined) return '–'
  let [rest, unit] = [value, 0]
  while (rest >= 1024 && unit < UNITS.length - 1) {
    rest /= 1024
    unit++
  }
  return `${rest >= 1000 ? WHOLE.format(rest) : SHORT.format(rest)} ${UNITS[unit]}`
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** The two greatest parts: `3 d 4 h`. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000))
  const parts: string[] = []
  for (const [seconds, unit] of STEPS) {
    const whole = Math.floor(rest / seconds)
    rest -= whole * seconds
    if (whole > 0 || (parts.length === 0 && seconds === 1)) parts.push(`${whole} ${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ')
}

/** On the clock of whoever looks. */
export function dateTime(ms: number): string {
  return new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
}
