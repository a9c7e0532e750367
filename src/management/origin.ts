import type { IncomingMessage } from 'node:http'
import { HttpError } from './http-error.ts'

/**
 * A page of another site can make a browser send requests along with the password that it remembers
 * for this one. Such a page cannot read answers, and it is not to change anything. Throws 403.
 */
export function assertSameOrigin({ headers, method }: IncomingMessage): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  const site = headers['sec-fetch-site']
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
  // Older browsers only say which page it was.
  const origin = headers.origin ?? headers.referer
  if (!isForeign && (origin === undefined || hostOf(origin) === headers.host)) return
  throw new HttpError(403, 'not_authorised', 'Requests from pages of other sites are refused')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
