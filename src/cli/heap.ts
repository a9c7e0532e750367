import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** A small heap may grow by so much before it is collected as a whole. */
const ROOM_BYTES = 80 * 1024 * 1024
/** One that could not even double is left to V8, which 0 says. */
const LEAST_GROWTH_PERCENT = 100
const LEFT_TO_V8 = 0
/** The flag is not set anew for less. */
const STEP_PERCENT = 100
const INTERVAL_MS = 1000

/**
 * Lets a small heap grow. V8 sets a limit by what survives of a program's first megabytes, which for
 * a broker is next to nothing: then messages of some kilobytes, passing through, have it collect the
 * whole heap dozens of times a second, at twice the cost of the messages. Buffers count as well, also
 * those that the next scavenge is going to free.
 */
export function letSmallHeapGrow(): void {
  let percent: number | undefined
  const adjust = (): void => {
    const next = growthPercent(oldBytes())
    if (next !== percent) setFlagsFromString(`--heap-growing-percent=${next}`)
    percent = next
  }
  adjust()
  setInterval(adjust, INTERVAL_MS).unref()
}

function growthPercent(bytes: number): number {
  const percent = (ROOM_BYTES / bytes) * 100
  if (percent < LEAST_GROWTH_PERCENT) return LEFT_TO_V8
  return Math.round(percent / STEP_PERCENT) * STEP_PERCENT
}

/** What is in the heap, but for what is new. */
function oldBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !name.startsWith('new_'))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0)
}
