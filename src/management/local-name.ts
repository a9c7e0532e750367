import { isIP } from 'node:net'
import { hostname } from 'node:os'

/** Names that are never those of a site somewhere else: RFC 6761, RFC 6762, and ICANN's `.internal`. */
const RESERVED = /\.(localhost|local|internal|test)\.?$/i

/**
 * Whether a `Host` header names this machine or one nearby, as far as a name can tell. A page of another
 * site can have its own name lead to this machine, and its requests then look as if they were our pages'.
 */
export function isLocalName(host: string | undefined): boolean {
  const [, name] = /^(\[[^\]]*\]|[^:[\]]*)(?::\d+)?$/.exec(host ?? '') ?? []
  if (name === undefined) return false
  const isAddress = name.startsWith('[') || isIP(name) !== 0
  return isAddress || !name.includes('.') || RESERVED.test(name) || name === hostname()
}
