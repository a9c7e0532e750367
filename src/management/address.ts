import type { IncomingMessage } from 'node:http'

/** What a request is for. */
export interface Address {
  /** Still encoded, since names in it may have slashes. */
  readonly path: string
  readonly query: URLSearchParams
}

export function addressOf({ url = '/' }: IncomingMessage): Address {
  const mark = url.indexOf('?')
  if (mark < 0) return { path: url, query: new URLSearchParams() }
  return { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) }
}
