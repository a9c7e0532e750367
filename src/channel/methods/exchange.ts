import {
  EXCHANGE_BIND_OK,
  EXCHANGE_DECLARE_OK,
  EXCHANGE_DELETE_OK,
  EXCHANGE_UNBIND_OK,
  type ExchangeBind,
  type ExchangeDeclare,
  type ExchangeDelete,
  type ExchangeUnbind,
} from 'amqp-codec'
import type { BindingRequest } from '../../vhost/binding-resolver.ts'
import { isReplaced } from '../../vhost/replaced.ts'
import type { Channel } from '../channel.ts'
import { declaredName } from './declared-name.ts'

export function exchangeDeclare(channel: Channel, method: ExchangeDeclare): void {
  const { vhost, access, output } = channel.context
  const name = declaredName(method.exchange)
  if (!method.passive) vhost.declareExchange(name, method, access)
  const exchange = vhost.exchanges.getNamed(name)
  channel.when(vhost.exchangeStored(name), () => {
    // Another node may have been faster: then it is that one which is asked for.
    if (isReplaced(vhost, exchange)) exchangeDeclare(channel, method)
    else if (!method.nowait) output.method(channel.number, { id: EXCHANGE_DECLARE_OK })
  })
}

export function exchangeDelete(channel: Channel, method: ExchangeDelete): void {
  const { vhost, access, output } = channel.context
  const name = declaredName(method.exchange)
  vhost.deleteExchange(name, method.ifUnused, access)
  channel.when(vhost.exchangeStored(name), () => {
    if (!method.nowait) output.method(channel.number, { id: EXCHANGE_DELETE_OK })
  })
}

export function exchangeBind(channel: Channel, method: ExchangeBind): void {
  const { vhost, owner, access, output } = channel.context
  const binding = bindingOf(method)
  vhost.bind(binding, owner, access)
  channel.when(vhost.bindingStored(binding), () => {
    if (!method.nowait) output.method(channel.number, { id: EXCHANGE_BIND_OK })
  })
}

export function exchangeUnbind(channel: Channel, method: ExchangeUnbind): void {
  const { vhost, owner, access, output } = channel.context
  const binding = bindingOf(method)
  vhost.unbind(binding, owner, access)
  channel.when(vhost.bindingStored(binding), () => {
    if (!method.nowait) output.method(channel.number, { id: EXCHANGE_UNBIND_OK })
  })
}

function bindingOf(method: ExchangeBind | ExchangeUnbind): BindingRequest {
  return {
    source: declaredName(method.source),
    kind: 'exchange',
    destination: declaredName(method.destination),
    routingKey: method.routingKey,
    arguments: method.arguments,
  }
}
