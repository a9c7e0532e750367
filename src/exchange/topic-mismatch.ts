/**
 * Which word of a routing key a topic pattern does not take, in a sentence; undefined when it takes them
 * all. It knows after each word which places of the pattern can be reached, as the trie does.
 */
export function topicMismatch(pattern: string, routingKey: string): string | undefined {
  const wanted = wordsOf(pattern)
  const words = wordsOf(routingKey)
  let places = reached(wanted, [0])
  for (const [index, word] of words.entries()) {
    const next = places.flatMap((place) => {
      const at = wanted[place]
      if (at === '#') return [place]
      return at === '*' || at === word ? [place + 1] : []
    })
    if (next.length === 0) return misfit(wanted, places, word, index)
    places = reached(wanted, next)
  }
  if (places.includes(wanted.length)) return undefined
  const missing = namesOf(wanted, places)
  return `'${pattern}' asks for ${missing} after the last word of '${routingKey}'`
}

/** Places are numbers of words of the pattern; `#` may also take none. */
function reached(wanted: readonly string[], places: readonly number[]): number[] {
  const all = new Set(places)
  for (const place of all) if (wanted[place] === '#') all.add(place + 1)
  return [...all]
}

function misfit(
  wanted: readonly string[],
  places: readonly number[],
  word: string,
  index: number,
): string {
  const names = namesOf(wanted, places)
  const where = `word ${index + 1}, '${word}',`
  return names === '' ? `${where} is one too many` : `${where} is not ${names}`
}

function namesOf(wanted: readonly string[], places: readonly number[]): string {
  // What takes any number of words is not what is missed.
  const names = places.flatMap((place) => wanted[place] ?? []).filter((name) => name !== '#')
  return [...new Set(names)].map((name) => `'${name}'`).join(' or ')
}

/** An empty key has no words, not an empty one. */
const wordsOf = (key: string): string[] => (key === '' ? [] : key.split('.'))
