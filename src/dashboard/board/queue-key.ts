// What bull-board knows a queue by: its virtual host and its name in one text, which it cuts in two to
// show virtual hosts as groups, and which it puts into URLs.

/** Where bull-board cuts. */
export const DELIMITER = ' › '

/** What it takes for something else, or what nobody sees: it decodes a percent sign twice. */
const UNSAFE = /[%~›\p{Cc}\p{Cf}\p{Surrogate}]/gu
const ESCAPED = /~([0-9a-f]+)~/g

export interface QueueNames {
  readonly vhost: string
  readonly name: string
}

export function queueKey({ vhost, name }: QueueNames): string {
  return `${escaped(vhost)}${DELIMITER}${escaped(name)}`
}

/** Undefined for what is no key. */
export function namesIn(key: string): QueueNames | undefined {
  const [vhost, name, ...rest] = key.split(DELIMITER)
  if (vhost === undefined || name === undefined || rest.length > 0) return undefined
  const names = { vhost: plain(vhost), name: plain(name) }
  // Whatever else is escaped was not so by us.
  return queueKey(names) === key ? names : undefined
}

const escaped = (text: string): string =>
  text.replaceAll(UNSAFE, (sign) => `~${(sign.codePointAt(0) as number).toString(16)}~`)

const plain = (text: string): string =>
  text.replaceAll(ESCAPED, (_, code: string) => signOf(Number.parseInt(code, 16)))

const signOf = (code: number): string => (code > 0x10ffff ? '' : String.fromCodePoint(code))
