import type { Locator } from 'playwright-core'

/** What a person reads there: without what is hidden. */
export function seenText(place: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: that of nodes has what nobody sees, too.
  return place.innerText()
}
