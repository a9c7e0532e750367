/** Where bull-board is, which shows queues with their messages. */
export const BOARD = '/ui/'

/** The page of one queue there: only the board knows what it calls the queue. */
export function boardAddressOf(vhost: string, name: string): string {
  return `${BOARD}open?${new URLSearchParams({ vhost, name })}`
}
