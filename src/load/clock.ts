/** Microseconds on a clock that only goes forward; comparable within this process. */
export function nowUs(): number {
  return performance.now() * 1000
}
