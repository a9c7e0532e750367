import { createHash } from 'node:crypto'
import { canonicalArguments } from '../../definitions/definition-key.ts'
import type { Binding } from '../../exchange/exchange.ts'
import { argumentsJson } from './arguments-json.ts'

/** A binding, as far as it is shown. Those of the default exchange are nowhere but here. */
export interface ShownBinding {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: Binding['arguments']
}

export function shownBinding({ source, destination, ...rest }: Binding): ShownBinding {
  const { kind, name } = destination
  return { source: source.name, kind, destination: name, ...rest }
}

/** That which every queue has from the default exchange, by its own name. */
export function defaultBinding(queue: string): ShownBinding {
  return { source: '', kind: 'queue', destination: queue, routingKey: queue, arguments: new Map() }
}

export function bindingJson(vhost: string, binding: ShownBinding): object {
  return {
    source: binding.source,
    vhost,
    destination: binding.destination,
    destination_type: binding.kind,
    routing_key: binding.routingKey,
    arguments: argumentsJson(binding.arguments),
    properties_key: propertiesKey(binding),
  }
}

/** Tells apart the bindings from one source to one destination; it can stand in an address. */
export function propertiesKey(binding: Pick<ShownBinding, 'routingKey' | 'arguments'>): string {
  const key = encodeURIComponent(binding.routingKey).replaceAll('%20', '+')
  if (binding.arguments.size === 0) return key === '' ? '~' : key.replaceAll('~', '%7E')
  const digest = createHash('sha256').update(canonicalArguments(binding.arguments))
  return `${key.replaceAll('~', '%7E')}~${digest.digest('base64url').slice(0, 22)}`
}

/** Whether that is the key, which clients may have decoded once. */
export function hasPropertiesKey(binding: ShownBinding, key: string): boolean {
  const own = propertiesKey(binding)
  return own === key || (own !== '~' && decodeURIComponent(own.replaceAll('+', ' ')) === key)
}
