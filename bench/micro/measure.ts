// For looking at one function, not for comparing brokers: runs it long enough
// to be compiled, then several times, and prints what one operation costs.

import { formatNumber } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'

const WARMUP_MS = 200
const SAMPLE_MS = 150
const SAMPLES = 7

/** Calls `run` again and again; each call does `operations` of what is measured. */
export function measure(name: string, operations: number, run: () => void): void {
  timePerCall(run, WARMUP_MS)
  const nanoseconds = Array.from(
    { length: SAMPLES },
    () => (timePerCall(run, SAMPLE_MS) / operations) * 1e6,
  )
  const { median, min, max } = spreadOf(nanoseconds)
  const range = `(${formatNumber(min)} … ${formatNumber(max)})`
  process.stdout.write(`${name.padEnd(58)} ${formatNumber(median).padStart(7)} ns  ${range}\n`)
}

/** Milliseconds a call, over at least `ms`. */
function timePerCall(run: () => void, ms: number): number {
  const start = performance.now()
  let calls = 0
  let elapsed = 0
  while (elapsed < ms) {
    run()
    calls++
    elapsed = performance.now() - start
  }
  return elapsed / calls
}
