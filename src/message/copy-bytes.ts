/**
 * Copies `source[start, end)` to `target` at `offset`. Below about a hundred bytes a loop is faster
 * than the call into the engine and the view it needs; above, the other way round. Eight bytes a round
 * cost half of what they do in eight rounds.
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
  let from = start
  let to = offset
  for (const last = end - 8; from <= last; from += 8, to += 8) {
    target[to] = source[from] as number
    target[to + 1] = source[from + 1] as number
    target[to + 2] = source[from + 2] as number
    target[to + 3] = source[from + 3] as number
    target[to + 4] = source[from + 4] as number
    target[to + 5] = source[from + 5] as number
    target[to + 6] = source[from + 6] as number
    target[to + 7] = source[from + 7] as number
  }
  for (; from < end; from++, to++) target[to] = source[from] as number
}

const LOOP_LIMIT = 96
