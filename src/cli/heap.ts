import { getHeapStatistics, setFlagsFromString } from 'node:v8'

/** Up to here a heap may grow to four times what lives in it before it is collected as a whole. */
const SMALL_BYTES = 64 * 1024 * 1024
const SMALL_GROWTH_PERCENT = 300
/** What V8 finds best by itself. */
const DEFAULT_GROWTH_PERCENT = 0
const INTERVAL_MS = 1000

/**
 * Lets a small heap grow. V8 sets a limit by what survives of a program's first megabytes, which for
 * a broker is next to nothing: then messages of some kilobytes, passing through, have it collect the
 * whole heap dozens of times a second, at twice the cost of the messages.
 */
export function letSmallHeapGrow(): void {
  let percent: number | undefined
  const adjust = (): void => {
    const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
    const next = heap + external < SMALL_BYTES ? SMALL_GROWTH_PERCENT : DEFAULT_GROWTH_PERCENT
    if (next !== percent) setFlagsFromString(`--heap-growing-percent=${next}`)
    percent = next
  }
  adjust()
  setInterval(adjust, INTERVAL_MS).unref()
}
