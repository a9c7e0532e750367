import { didYouMean } from '../../config/did-you-mean.ts'
import { valueAt } from './cell.ts'

/** One column of a table. */
export interface Column {
  /** Where its values stand in a thing: `message_stats.publish`. */
  readonly path: string
  readonly heading: string
}

/** Columns written shortly: `name`, or `messages_ready:ready` where the heading is another. */
export function columns(...written: readonly string[]): Column[] {
  return written.map((one) => {
    const [path = '', heading = path] = one.split(':')
    return { path, heading }
  })
}

/** The columns that a user asks for, separated by commas. */
export function chosenColumns(list: string): Column[] {
  const paths = list.split(',').map((path) => path.trim())
  return paths.filter((path) => path !== '').map((path) => ({ path, heading: path }))
}

/** Only these parts of a thing, each where it stands in it, as the HTTP API does with `columns`. */
export function withColumns(item: unknown, chosen: readonly Column[]): unknown {
  const shown: Record<string, unknown> = Object.create(null)
  for (const { path } of chosen) {
    const value = valueAt(item, path)
    if (value === undefined) continue
    const names = path.split('.')
    const last = names.pop() as string
    let place = shown
    for (const name of names) {
      const inner = place[name] ?? Object.create(null)
      place[name] = inner
      place = inner as Record<string, unknown>
    }
    place[last] = value
  }
  return shown
}

/**
 * What is to be said of a column that none of the things has: likely a slip, but no error, since some
 * figures are not there before there is something to count.
 */
export function missingColumns(items: readonly object[], chosen: readonly Column[]): string[] {
  if (items.length === 0) return []
  const known = new Set(items.flatMap((item) => Object.keys(item)))
  const missing = chosen.filter(({ path }) => !known.has(path.split('.')[0] as string))
  return missing.map(({ path }) => `nothing here has a "${path}"${didYouMean(path, known)}`)
}
