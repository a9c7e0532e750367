import { usageError } from './exit-code.ts'

/**
 * What is given as `key=value`, once for each: values that are JSON are taken so, all others as text.
 *
 * @throws CommandError where there is no equals sign
 */
export function keyValues(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=')
      if (at <= 0) throw usageError(`expected key=value, got "${one}"`)
      return [one.slice(0, at), jsonOrText(one.slice(at + 1))]
    }),
  )
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** For options that may be given several times. */
export const collected = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  value,
]
