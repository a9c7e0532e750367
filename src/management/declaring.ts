import type { Destination } from '../exchange/exchange.ts'
import type { Vhost } from '../vhost/vhost.ts'

/**
 * Declares a queue or an exchange, and resolves when it is stored. If another node was faster to have one of
 * that name stored, that one is there instead, and it is declared again, to be compared. Throws as declaring
 * does.
 */
export async function declareStored(vhost: Vhost, declare: () => Destination): Promise<void> {
  let declared: Destination
  do {
    declared = declare()
    const { kind, name } = declared
    await (kind === 'queue' ? vhost.queueStored(name) : vhost.exchangeStored(name))
  } while (vhost.isReplaced(declared))
}
