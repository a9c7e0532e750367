import type { Destination } from '../exchange/exchange.ts'
import { isReplaced } from '../vhost/replaced.ts'
import type { Vhost } from '../vhost/vhost.ts'

/**
 * Declares a queue, and resolves when it is stored. If another node was faster to have one of that name stored,
 * that one is there instead, and it is declared again, to be compared. Throws as declaring does.
 */
export async function declareQueue(
  vhost: Vhost,
  ...[name, properties, owner, access]: Parameters<Vhost['declareQueue']>
): Promise<void> {
  let declared: Destination
  do {
    declared = vhost.declareQueue(name, properties, owner, access)
    await vhost.queueStored(name)
  } while (isReplaced(vhost, declared))
}

/** The same for an exchange. */
export async function declareExchange(
  vhost: Vhost,
  ...[name, properties, access]: Parameters<Vhost['declareExchange']>
): Promise<void> {
  let declared: Destination
  do {
    vhost.declareExchange(name, properties, access)
    declared = vhost.exchanges.get(name)
    await vhost.exchangeStored(name)
  } while (isReplaced(vhost, declared))
}
