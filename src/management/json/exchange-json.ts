import type { Exchange } from '../../exchange/exchange.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { argumentsJson } from './arguments-json.ts'

export function exchangeJson(vhost: Vhost, exchange: Exchange): object {
  const { name, type, durable, autoDelete, internal } = exchange
  const policy = vhost.policyOf(exchange)?.policy
  return {
    name,
    vhost: vhost.name,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: argumentsJson(exchange.arguments),
    ...(policy === undefined ? {} : { policy }),
  }
}
