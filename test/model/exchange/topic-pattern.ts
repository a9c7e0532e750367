/** Whether a topic exchange's pattern matches a key, by trying everything. */
export function topicMatches(pattern: string, key: string): boolean {
  return matches(wordsOf(pattern), wordsOf(key))
}

/** RabbitMQ splits at every dot, and finds no word at all in an empty key. */
const wordsOf = (key: string): string[] => (key === '' ? [] : key.split('.'))

function matches(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...restOfPattern] = pattern
  const [word, ...restOfKey] = key
  if (first === undefined) return word === undefined
  if (first === '#') {
    return matches(restOfPattern, key) || (word !== undefined && matches(pattern, restOfKey))
  }
  if (word === undefined) return false
  return (first === '*' || first === word) && matches(restOfPattern, restOfKey)
}
