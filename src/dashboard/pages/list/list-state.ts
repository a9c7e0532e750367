/** Which part of a list is shown, and how. */
export interface ListState {
  readonly page: number
  /** Only what has this in its name. */
  readonly name: string
  /** Empty: by virtual host and name. */
  readonly sort: string
  readonly isReverse: boolean
  /** Empty: all of them. */
  readonly vhost: string
}

export const PAGE_SIZE = 100

export const FIRST_PAGE: ListState = { page: 1, name: '', sort: '', isReverse: false, vhost: '' }

/** As it stands in a page's own address. */
export function listStateOf(query: URLSearchParams): ListState {
  const page = Number(query.get('page') ?? 1)
  return {
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    name: query.get('name') ?? '',
    sort: query.get('sort') ?? '',
    isReverse: query.get('reverse') === 'true',
    vhost: query.get('vhost') ?? '',
  }
}

/** The other way; what is as usual is left out. */
export function queryOfList(state: ListState): Record<string, string> {
  return {
    ...(state.vhost === '' ? {} : { vhost: state.vhost }),
    ...(state.name === '' ? {} : { name: state.name }),
    ...(state.sort === '' ? {} : { sort: state.sort }),
    ...(state.isReverse ? { reverse: 'true' } : {}),
    ...(state.page === 1 ? {} : { page: String(state.page) }),
  }
}

/** What to ask the API for. */
export function listAddress(
  base: string,
  { page, name, sort, isReverse }: ListState,
  columns: readonly string[] = [],
): string {
  const query = new URLSearchParams({ page: String(page), page_size: String(PAGE_SIZE) })
  if (name !== '') query.set('name', name)
  if (sort !== '') query.set('sort', sort)
  if (isReverse) query.set('sort_reverse', 'true')
  if (columns.length > 0) query.set('columns', columns.join(','))
  return `${base}?${query.toString()}`
}

/** By that column; the other way around when it is by that one already. */
export function sortedBy(state: ListState, sort: string): ListState {
  const isReverse = state.sort === sort && !state.isReverse
  return { ...state, sort, isReverse, page: 1 }
}
