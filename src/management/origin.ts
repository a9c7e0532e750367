import type { IncomingMessage } from 'node:http'
import { HttpError } from './http-error.ts'

/**
 * A page of another site can make a browser send requests along with the password that it remembers
 * for this one. Such a page cannot read answers, it is not to change anything, and nothing is worked out
 * for it; but it may have links. Throws 403.
 */
export function assertSameOrigin({ headers, method }: IncomingMessage): void {
  const site = headers['sec-fetch-site']
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') {
    if (isForeign && headers['sec-fetch-mode'] !== 'navigate') throw refused()
    return
  }
  // Older browsers only say which page it was.
  const origin = headers.origin ?? headers.referer
  if (!isForeign && (origin === undefined || hostOf(origin) === headers.host)) return
  throw refused()
}

const refused = (): HttpError =>
  new HttpError(403, 'not_authorised', 'Requests from pages of other sites are refused')

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
