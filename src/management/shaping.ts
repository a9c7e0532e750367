import { NamePattern, PatternError } from '../base/name-pattern.ts'
import type { Answer } from './answer.ts'
import { badRequest, HttpError } from './http-error.ts'

/** A thing as it is shown. */
type Item = Readonly<Record<string, unknown>>

const PAGE_SIZE = 100
const MAX_PAGE_SIZE = 500
/** Of keys that lists are sorted by, those that follow mean nothing. */
const MAX_SORT_KEYS = 10
/** Nothing that is shown has as many parts as this. */
const MAX_COLUMNS = 500
/** Nothing that is shown has more parts in parts than this. */
const MAX_COLUMN_DEPTH = 16

/**
 * What a client asks for in the address: of a list an order and one page, of anything some columns.
 * https://www.rabbitmq.com/docs/management#http-api
 */
export function shaped({ body, isList }: Answer, query: URLSearchParams): unknown {
  const columns = columnsOf(query)
  if (!isList) return columns === undefined ? body : withColumns(body as Item, columns)
  const items = sorted(body as readonly Item[], query)
  const show = (item: Item): Item => (columns === undefined ? item : withColumns(item, columns))
  return query.has('page') ? page(items, query, show) : items.map(show)
}

/** Throws 400. */
function page(items: readonly Item[], query: URLSearchParams, show: (item: Item) => Item): object {
  const number = pageNumber(query, 'page') ?? 1
  const size = pageNumber(query, 'page_size')
  if (number < 1 || (size !== undefined && (size < 1 || size > MAX_PAGE_SIZE))) {
    const reason = `page number ${number}, page size ${size ?? 'undefined'}`
    throw invalidPage('invalid_pagination_parameters', `Invalid pagination parameters: ${reason}`)
  }
  const pageSize = size ?? PAGE_SIZE
  const named = filtered(items, query)
  const pageCount = Math.ceil(named.length / pageSize)
  if (number > Math.max(pageCount, 1)) {
    const reason = `page: ${number} page size: ${pageSize}, len: ${named.length}`
    throw invalidPage('page_out_of_range', `Page out of range, ${reason}`)
  }
  const shown = named.slice((number - 1) * pageSize, number * pageSize).map(show)
  return {
    filtered_count: named.length,
    item_count: shown.length,
    items: shown,
    page: number,
    page_count: pageCount,
    page_size: pageSize,
    total_count: items.length,
  }
}

function filtered(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const name = query.get('name') ?? ''
  if (name === '') return items
  const matches = query.get('use_regex') === 'true' ? patternOf(name) : contains(name)
  return items.filter((item) => matches(textOf(item['name'])))
}

/** Throws 400, as the filter does when it takes too long: everybody else waits meanwhile. */
function patternOf(source: string): (name: string) => boolean {
  try {
    const pattern = new NamePattern(`(?i)${source}`)
    return (name) => {
      const isMatch = pattern.matches(name)
      if (pattern.hasGivenUp) throw invalidParameters()
      return isMatch
    }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw invalidParameters()
  }
}

function contains(part: string): (name: string) => boolean {
  const lower = part.toLowerCase()
  return (name) => name.toLowerCase().includes(lower)
}

function pageNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^-?\d{1,9}$/.test(text)) throw invalidParameters()
  return Number(text)
}

const invalidParameters = (): HttpError => badRequest('Pagination parameters are invalid')

const invalidPage = (code: string, reason: string): HttpError => new HttpError(400, code, reason)

/** By `sort`, or by virtual host and name, which most things have. */
function sorted(items: readonly Item[], query: URLSearchParams): readonly Item[] {
  const paths = (query.get('sort') ?? '').split(',').filter((path) => path !== '')
  const keys = [...paths.slice(0, MAX_SORT_KEYS), 'vhost', 'name']
  const sign = query.get('sort_reverse') === 'true' ? -1 : 1
  const splits = keys.map((key) => key.split('.'))
  const decorated = items.map((item) => ({
    item,
    values: splits.map((path) => valueAt(item, path)),
  }))
  decorated.sort((a, b) => {
    for (let index = 0; index < splits.length; index++) {
      const order = compare(a.values[index], b.values[index])
      if (order !== 0) return sign * order
    }
    return 0
  })
  return decorated.map(({ item }) => item)
}

/** Numbers before words, and what is not there before both. */
function compare(a: unknown, b: unknown): number {
  const rank = (value: unknown): number => {
    if (value === undefined || value === null) return 0
    return typeof value === 'number' ? 1 : 2
  }
  const order = rank(a) - rank(b)
  if (order !== 0 || rank(a) === 0) return order
  if (typeof a === 'number') return a - (b as number)
  const [x, y] = [textOf(a), textOf(b)]
  if (x === y) return 0
  return x < y ? -1 : 1
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** Parts of a thing by their names: whole, or parts of them. */
type Columns = ReadonlyMap<string, Columns | 'whole'>
type ColumnTree = Map<string, ColumnTree | 'whole'>

function columnsOf(query: URLSearchParams): Columns | undefined {
  const paths = (query.get('columns') ?? '').split(',').filter((path) => path !== '')
  const columns: ColumnTree = new Map()
  for (const path of paths.slice(0, MAX_COLUMNS))
    addColumn(columns, path.split('.', MAX_COLUMN_DEPTH))
  return columns.size === 0 ? undefined : columns
}

function addColumn(columns: ColumnTree, [name = '', ...rest]: readonly string[]): void {
  const found = columns.get(name)
  if (rest.length === 0) columns.set(name, 'whole')
  if (rest.length === 0 || found === 'whole') return
  const inner = found ?? new Map()
  columns.set(name, inner)
  addColumn(inner, rest)
}

/** Only these parts of a thing, each where it stands in it. */
function withColumns(item: Item, columns: Columns): Item {
  const shown: Record<string, unknown> = Object.create(null)
  for (const [name, parts] of columns) {
    if (!Object.hasOwn(item, name)) continue
    const inner = item[name]
    if (parts === 'whole') shown[name] = inner
    else if (isItem(inner)) shown[name] = withColumns(inner, parts)
  }
  return shown
}

function valueAt(item: Item, path: readonly string[]): unknown {
  let value: unknown = item
  for (const name of path) {
    if (!isItem(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
