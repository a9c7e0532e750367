/** Three digits that matter: `0.473`, `12.4`, `180`, `5210`. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  return value.toFixed(size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0)
}

/** A count in a second: `1.04 M`, `219 k`, `950`. */
export function formatRate(value: number): string {
  if (value >= 1e6) return `${formatNumber(value / 1e6)} M`
  if (value >= 1e3) return `${formatNumber(value / 1e3)} k`
  return formatNumber(value)
}

/** How many times: `4.8x`, `0.7x`. */
export function formatTimes(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}x`
}
