// Where one is among the pages: all of it stands behind the `#` of the address.

/** `#/queues/%2F/orders?page=2` is the page `queues`, of `/` and `orders`. */
export interface Place {
  readonly page: string
  readonly names: readonly string[]
  readonly query: URLSearchParams
}

export function placeOf(hash: string): Place {
  const text = hash.replace(/^#?\/?/, '')
  const mark = text.indexOf('?')
  const path = mark < 0 ? text : text.slice(0, mark)
  const query = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1))
  const [page = '', ...names] = path.split('/').map(decoded)
  return { page, names, query }
}

/** The address of a place, for links. */
export function addressOf(
  page: string,
  names: readonly string[] = [],
  query: Readonly<Record<string, string>> = {},
): string {
  const path = [page, ...names.map((name) => encodeURIComponent(name))].join('/')
  const text = new URLSearchParams(query).toString()
  return `#/${path}${text === '' ? '' : `?${text}`}`
}

/** Who writes an address by hand may write it badly. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
