import { wordsOf } from './words-of.ts'

/** From so many bytes on, it is worth it to look for the views of words, of four bytes each. */
const WORDS_FROM = 96
/** Beyond so many, the engine is faster. */
const WORDS_UP_TO = 192

/**
 * Copies `source[start, end)` to `target` at `offset`. The call into the engine needs a view of what it
 * copies, made for it and thrown away, which costs as much as to copy some two hundred bytes in a loop.
 * Eight bytes a round cost half of what they do in eight rounds.
 */
export function copyBytes(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  offset: number,
): void {
  if (end - start >= WORDS_FROM) {
    copyMany(source, start, end, target, offset)
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

function copyMany(
  source: Buffer,
  start: number,
  end: number,
  target: Buffer,
  offset: number,
): void {
  if (end - start > WORDS_UP_TO) {
    source.copy(target, offset, start, end)
    return
  }
  const words = wordsOf(source)
  const targetWords = wordsOf(target)
  let from = start
  let to = offset
  for (const last = end - 16; from <= last; from += 16, to += 16) {
    targetWords.setInt32(to, words.getInt32(from, true), true)
    targetWords.setInt32(to + 4, words.getInt32(from + 4, true), true)
    targetWords.setInt32(to + 8, words.getInt32(from + 8, true), true)
    targetWords.setInt32(to + 12, words.getInt32(from + 12, true), true)
  }
  for (const last = end - 4; from <= last; from += 4, to += 4) {
    targetWords.setInt32(to, words.getInt32(from, true), true)
  }
  for (; from < end; from++, to++) target[to] = source[from] as number
}
