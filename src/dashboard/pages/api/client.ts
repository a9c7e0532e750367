// The management API, as the pages call it. The browser adds the user's name and password by itself.

/** Where the API is, on the very host that the page came from. */
const PREFIX = '/api'

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json }

/** Why the broker did not do something, in its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0 when there was no answer. */
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, reason: string) {
    super(reason)
    this.status = status
    this.code = code
  }
}

/** An address in which every name is encoded: path`/queues/${vhost}/${name}`. */
export function path(words: TemplateStringsArray, ...names: readonly string[]): string {
  const encoded = names.map((name) => encodeURIComponent(name))
  return words.reduce((before, word, index) => before + encoded[index - 1] + word)
}

/** Browsers take these for folders, however they are encoded: the address would be another one. */
const DOTS = /\/\.{1,2}(?=\/|$)/

export function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  return request('GET', address, signal === undefined ? {} : { signal })
}

export function put(address: string, body: Json): Promise<void> {
  return request('PUT', address, withBody(body))
}

export function post<T>(address: string, body: Json): Promise<T> {
  return request('POST', address, withBody(body))
}

/** The reason is told to those who are concerned, such as a client that is disconnected. */
export function remove(address: string, reason = ''): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  // In a header there is only ASCII, on one line.
  const words = reason.replace(/[^\x21-\x7e]+/g, ' ').trim()
  return request('DELETE', address, {
    headers: words === '' ? headers : { ...headers, 'x-reason': words },
  })
}

const withBody = (body: Json): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

async function request<T>(method: string, address: string, options: RequestInit): Promise<T> {
  if (DOTS.test(address.replace(/\?.*/s, ''))) {
    throw new ApiError(0, 'not_addressable', 'Browsers cannot address what is named only by dots')
  }
  const response = await fetch(PREFIX + address, { method, ...options }).catch((error: unknown) => {
    if (options.signal?.aborted) throw error
    throw new ApiError(0, 'no_answer', 'The broker does not answer')
  })
  const text = await response.text()
  if (!response.ok) throw errorOf(response.status, text)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function errorOf(status: number, text: string): ApiError {
  try {
    const { error, reason } = JSON.parse(text) as { error: string; reason: string }
    return new ApiError(status, error, reason)
  } catch {
    return new ApiError(status, 'no_reason', `The broker answers ${status} and no reason`)
  }
}
