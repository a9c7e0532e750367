/**
 * Copies `source[start, end)` to `target` at `offset`. Below about a hundred bytes a loop is faster
 * than the call into the engine and the view it needs; above, the other way round.
 */
export function copyBytes(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  offset: number,
): void {
  if (end - start > LOOP_LIMIT) {
    source.copy(target, offset, start, end)
    return
  }
  for (let from = start, to = offset; from < end; from++, to++) target[to] = source[from] as number
}

const LOOP_LIMIT = 96
