/** What cannot be seen, or turns around what stands beside it: controls, and marks of direction. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

const KNOWN: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A name so that two that differ look different: what cannot be seen is written out. */
export function visible(name: string): string {
  return name.replace(UNSEEN, (mark) => KNOWN[mark] ?? `\\u${hex(mark)}`)
}

const hex = (mark: string): string => (mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')

/** The default exchange has no name. */
export const exchangeTitle = (name: string): string => (name === '' ? '(default)' : visible(name))

/** The default exchange's name in addresses. */
export const exchangeInPath = (name: string): string => (name === '' ? 'amq.default' : name)

export const exchangeFromPath = (name: string): string => (name === 'amq.default' ? '' : name)
