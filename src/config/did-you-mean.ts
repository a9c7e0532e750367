/** `, did you mean "port"?` when a known word is likely what `word` was meant to be, else nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  let closest = ''
  // A third of the letters may be wrong: more than that is another word, not a slip.
  let closestDistance = Math.ceil(word.length / 3) + 1
  for (const candidate of known) {
    const distance = editDistance(word, candidate)
    if (distance < closestDistance) {
      closest = candidate
      closestDistance = distance
    }
  }
  return closest === '' ? '' : `, did you mean "${closest}"?`
}

/** Levenshtein distance: insertions, deletions and replacements of one character each. */
function editDistance(from: string, to: string): number {
  // distances[i] is the distance of the first i characters of `to` from the part of `from` seen so far.
  let distances = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, character] of Array.from(from).entries()) {
    const next = [row + 1]
    for (let column = 1; column <= to.length; column++) {
      const replace = (distances[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1)
      const insertOrDelete = Math.min(distances[column] ?? 0, next[column - 1] ?? 0) + 1
      next.push(Math.min(replace, insertOrDelete))
    }
    distances = next
  }
  return distances[to.length] ?? 0
}
