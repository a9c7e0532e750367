import { canonicalArguments } from '../definitions/definition-key.ts'
import type { Binding, Destination, Exchange } from '../exchange/exchange.ts'

/**
 * All bindings of a vhost, found by what they are, where they start and where they lead. The
 * exchanges' matchers are kept in step: nobody else adds to them or removes from them.
 */
export class BindingTable {
  readonly #byIdentity = new Map<string, Binding>()
  readonly #bySource = new Map<Exchange, Set<Binding>>()
  readonly #byDestination = new Map<Destination, Set<Binding>>()

  /** Whether that very binding is there. */
  has(binding: Binding): boolean {
    return this.#byIdentity.get(identityOf(binding)) === binding
  }

  /** The binding that is the same as this one, if there is one. */
  find(like: Binding): Binding | undefined {
    return this.#byIdentity.get(identityOf(like))
  }

  /** False when there is such a binding already. */
  add(binding: Binding): boolean {
    const identity = identityOf(binding)
    if (this.#byIdentity.has(identity)) return false
    this.#byIdentity.set(identity, binding)
    addTo(this.#bySource, binding.source, binding)
    addTo(this.#byDestination, binding.destination, binding)
    binding.source.matcher.add(binding)
    return true
  }

  /** False when there is no such binding. */
  remove(like: Binding): boolean {
    const identity = identityOf(like)
    const binding = this.#byIdentity.get(identity)
    if (binding === undefined) return false
    this.#byIdentity.delete(identity)
    removeFrom(this.#bySource, binding.source, binding)
    removeFrom(this.#byDestination, binding.destination, binding)
    binding.source.matcher.remove(binding)
    return true
  }

  hasSource(exchange: Exchange): boolean {
    return this.#bySource.has(exchange)
  }

  values(): IterableIterator<Binding> {
    return this.#byIdentity.values()
  }

  /** A copy: the bindings may be removed while it is walked. */
  from(exchange: Exchange): Binding[] {
    return [...(this.#bySource.get(exchange) ?? [])]
  }

  /** A copy: the bindings may be removed while it is walked. */
  to(destination: Destination): Binding[] {
    return [...(this.#byDestination.get(destination) ?? [])]
  }
}

/** A binding is its source, destination, key and arguments: one that has them all is the same one. */
function identityOf(binding: Binding): string {
  const { source, destination, routingKey } = binding
  const key = JSON.stringify([source.name, destination.kind, destination.name, routingKey])
  return key + canonicalArguments(binding.arguments).toString('latin1')
}

function addTo<K>(index: Map<K, Set<Binding>>, key: K, binding: Binding): void {
  const bindings = index.get(key)
  if (bindings === undefined) index.set(key, new Set([binding]))
  else bindings.add(binding)
}

function removeFrom<K>(index: Map<K, Set<Binding>>, key: K, binding: Binding): void {
  const bindings = index.get(key)
  bindings?.delete(binding)
  if (bindings?.size === 0) index.delete(key)
}
