/** Whether a value of JSON has more levels than that, itself being the first when it has parts. */
export function isDeeperThan(limit: number, value: unknown): boolean {
  let level = [value].filter(hasParts)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === limit) return true
    level = level.flatMap((one) => Object.values(one).filter(hasParts))
  }
  return false
}

const hasParts = (value: unknown): value is object => typeof value === 'object' && value !== null
