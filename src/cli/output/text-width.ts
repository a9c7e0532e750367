import stringWidth from 'string-width'

const PLAIN = /^[ -~]*$/

/** How many columns of a terminal it takes: some characters take two, some none. */
export function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text)
}

const GRAPHEMES = new Intl.Segmenter()

/** The text in at most so many columns, its end replaced by `…` where it is longer. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width < 1) return ''
  if (PLAIN.test(text)) return `${text.slice(0, width - 1)}…`
  let cut = ''
  let used = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    used += textWidth(segment)
    if (used > width - 1) break
    cut += segment
  }
  return `${cut}…`
}
