/** Where bull-board is, which shows queues with their messages. */
export const BOARD = '/ui/'

/** The page of one queue there. */
export function boardAddressOf(vhost: string, name: string): string {
  return `${BOARD}queue/${encodeURIComponent(`${vhost} › ${name}`)}`
}
