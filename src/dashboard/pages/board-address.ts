/** Where bull-board is, which shows queues with their messages. */
export const BOARD = '/ui/'

/** What it would take for something else in a name: see src/dashboard/board/queue-key.ts. */
const UNSAFE = /[%~›\p{Cc}\p{Cf}\p{Surrogate}]/gu

/** The page of one queue there. */
export function boardAddressOf(vhost: string, name: string): string {
  return `${BOARD}queue/${encodeURIComponent(`${escaped(vhost)} › ${escaped(name)}`)}`
}

const escaped = (text: string): string =>
  text.replace(UNSAFE, (sign) => `~${(sign.codePointAt(0) ?? 0).toString(16)}~`)
