import type { FieldTable } from 'amqp-codec'
import type { Access } from '../auth/access.ts'
import type { Binding, Destination } from '../exchange/exchange.ts'
import type { ExclusiveOwner } from '../queue/queue.ts'
import { notOnDefaultExchange } from '../reasons.ts'
import type { ExchangeRegistry } from './exchange-registry.ts'
import type { QueueRegistry } from './queue-registry.ts'

/** The names a binding is asked for with; `kind` says what the destination is. */
export interface BindingRequest {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: FieldTable
}

/** Finds what bindings are asked for between, and says who may ask for them. */
export class BindingResolver {
  readonly #exchanges: ExchangeRegistry
  readonly #queues: QueueRegistry

  constructor(exchanges: ExchangeRegistry, queues: QueueRegistry) {
    this.#exchanges = exchanges
    this.#queues = queues
  }

  /** Before it is known whether there are such things. Throws 403. */
  assertPermitted(request: BindingRequest, access: Access): void {
    const { source, kind, destination, routingKey } = request
    access.check('write', kind, destination)
    if (source === '' || (kind === 'exchange' && destination === '')) throw notOnDefaultExchange()
    access.check('read', 'exchange', source)
    if (this.#exchanges.find(source)?.type === 'topic') {
      access.checkTopic('read', source, routingKey)
    }
  }

  /** Throws 403, 404 and 405. */
  resolve(request: BindingRequest, owner: ExclusiveOwner, access: Access): Binding {
    this.assertPermitted(request, access)
    const source = this.#exchanges.get(request.source)
    const destination =
      request.kind === 'queue'
        ? this.#queues.get(request.destination, owner)
        : this.#exchanges.get(request.destination)
    return { source, destination, routingKey: request.routingKey, arguments: request.arguments }
  }

  /** Undefined when one of its ends is not there. */
  find(request: BindingRequest): Binding | undefined {
    const source = this.#exchanges.find(request.source)
    const destination = this.#findDestination(request)
    if (source === undefined || destination === undefined) return undefined
    return { source, destination, routingKey: request.routingKey, arguments: request.arguments }
  }

  #findDestination({ kind, destination }: BindingRequest): Destination | undefined {
    return kind === 'queue' ? this.#queues.find(destination) : this.#exchanges.find(destination)
  }
}
