/**
 * Control characters, what ends lines or turns the direction of text, what nobody can see, and halves of
 * characters. The two joiners are left, since scripts and emoji are spelled with them.
 */
const HARMFUL = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/**
 * Text as it may be shown on a terminal, in one line: names of queues and bodies of messages are other
 * people's, and must not be able to move the cursor, change the title or hide what is beside them.
 */
export function harmless(text: string): string {
  return text.replaceAll(HARMFUL, (char) => NAMED.get(char) ?? escaped(char, 'x'))
}

/** JSON that is harmless as well, and still the same JSON: what would not be is written as `\uXXXX`. */
export function harmlessJson(json: string): string {
  return json.replaceAll(HARMFUL, (char) => (char === '\n' ? char : escaped(char, 'u')))
}

function escaped(char: string, form: 'x' | 'u'): string {
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index))
  return units
    .map((unit) =>
      form === 'x' && unit < 0x100
        ? `\\x${unit.toString(16).padStart(2, '0')}`
        : `\\u${unit.toString(16).padStart(4, '0')}`,
    )
    .join('')
}
