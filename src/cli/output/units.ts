// Figures as people read them.

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1.5 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[unit]}`
}

const TIME_UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const

/** The two largest units that there are: `2 h 5 min`. */
export function durationText(ms: number): string {
  let seconds = Math.floor(ms / 1000)
  const parts: string[] = []
  for (const [unit, size] of TIME_UNITS) {
    if (seconds >= size || parts.length > 0) parts.push(`${Math.floor(seconds / size)} ${unit}`)
    seconds %= size
  }
  return [...parts, `${seconds} s`].slice(0, 2).join(' ')
}

/** `1 message`, `2 messages`. */
export function countText(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
