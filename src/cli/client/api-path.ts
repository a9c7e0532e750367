import { usageError } from './exit-code.ts'

/**
 * A path below `/api`, with names encoded: apiPath`/queues/${vhost}/${name}`.
 *
 * @throws CommandError for a name that no address can have
 */
export function apiPath(words: TemplateStringsArray, ...names: readonly string[]): string {
  return String.raw({ raw: words }, ...names.map(encoded))
}

/** The default exchange has no name of its own, but one in addresses. */
export const exchangeInPath = (name: string): string => (name === '' ? 'amq.default' : name)

function encoded(name: string): string {
  if (name === '') throw usageError('a name is empty')
  // Addresses are tidied up before they are sent: these two would be taken out with what is before them.
  if (name === '.' || name === '..') throw usageError(`"${name}" cannot stand in an address`)
  return encodeURIComponent(name)
}
