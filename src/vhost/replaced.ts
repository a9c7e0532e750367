import type { Destination } from '../exchange/exchange.ts'
import type { Vhost } from './vhost.ts'

/** Whether there is another one of that name by now: that of a node which was faster to have it stored. */
export function isReplaced({ queues, exchanges }: Vhost, declared: Destination): boolean {
  const { kind, name } = declared
  const now = kind === 'queue' ? queues.find(name) : exchanges.find(name)
  return now !== undefined && now !== declared
}
