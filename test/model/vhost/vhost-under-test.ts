import type { FieldTable, FieldValue } from 'amqp-codec'
import { AmqpError } from '../../../src/errors.ts'
import type { Route } from '../../../src/exchange/route.ts'
import type { QueueConsumer } from '../../../src/queue/queue.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import type { BindingSketch, ExchangeSketch, Outcome, QueueSketch } from './topology-model.ts'

const text = (value: string): FieldValue => ({ type: 'S', value })

const table = (name: string, value: string | undefined): FieldTable =>
  value === undefined ? new Map() : new Map([[name, text(value)]])

function outcomeOf(request: () => void): Outcome {
  try {
    request()
    return 'ok'
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error
    return error.replyCode as Outcome
  }
}

const idleConsumer: QueueConsumer = {
  noAck: true,
  priority: 0,
  prefetchCount: 0,
  arguments: new Map(),
  canTake: () => false,
  deliver() {},
  cancelled() {},
}

/** The real vhost, asked as the model is. */
export class VhostUnderTest {
  readonly #vhost: Vhost
  /** Connections: whoever wants to be one. */
  readonly #owners: object[] = [{}, {}]
  readonly #nobody = {}

  constructor(vhost: Vhost = new Vhost('/')) {
    this.#vhost = vhost
  }

  get exchangeNames(): string[] {
    const names = [...this.#vhost.exchanges.values()].map(({ name }) => name)
    return names.filter((name) => !name.startsWith('amq.'))
  }

  get queueNames(): string[] {
    return [...this.#vhost.queues.values()].map(({ name }) => name)
  }

  get topologyVersion(): number {
    return this.#vhost.topologyVersion
  }

  declareExchange({ name, type, durable, autoDelete, alternate }: ExchangeSketch): Outcome {
    const exchangeArguments = table('alternate-exchange', alternate)
    return outcomeOf(() =>
      this.#vhost.declareExchange(name, {
        type,
        durable,
        autoDelete,
        internal: false,
        arguments: exchangeArguments,
      }),
    )
  }

  deleteExchange(name: string, ifUnused: boolean): Outcome {
    return outcomeOf(() => this.#vhost.deleteExchange(name, ifUnused))
  }

  declareQueue({ name, durable, autoDelete, owner }: QueueSketch): Outcome {
    const exclusiveOwner = owner === undefined ? null : (this.#owners[owner] as object)
    const properties = { durable, exclusiveOwner, autoDelete, arguments: new Map() }
    return outcomeOf(() =>
      this.#vhost.declareQueue(name, properties, exclusiveOwner ?? this.#nobody),
    )
  }

  deleteQueue(name: string): void {
    const queue = this.#vhost.queues.find(name)
    if (queue !== undefined) this.#vhost.deleteQueue(queue)
  }

  consumeOnce(name: string): void {
    const queue = this.#vhost.queues.find(name)
    void queue?.consume(idleConsumer, false)
    queue?.cancel(idleConsumer)
  }

  ownerLeft(owner: number): void {
    void this.#vhost.deleteExclusiveQueues(this.#owners[owner] as object)
  }

  bind(binding: BindingSketch): Outcome {
    return outcomeOf(() => this.#vhost.bind(requestOf(binding), this.#ownerOf(binding)))
  }

  unbind(binding: BindingSketch): Outcome {
    return outcomeOf(() => this.#vhost.unbind(requestOf(binding), this.#ownerOf(binding)))
  }

  route(exchange: string, routingKey: string, header: string | undefined): Route {
    const headers = header === undefined ? undefined : table('h', header)
    return this.#vhost.route(this.#vhost.exchanges.get(exchange), [routingKey], headers)
  }

  /** The names of the queues that a message goes to, sorted. */
  queuesOf(exchange: string, routingKey: string, header: string | undefined): string[] {
    return this.route(exchange, routingKey, header)
      .queues.map(({ name }) => name)
      .sort()
  }

  #ownerOf({ destination }: BindingSketch): object {
    return this.#vhost.queues.find(destination)?.exclusiveOwner ?? this.#nobody
  }
}

function requestOf({ header, ...binding }: BindingSketch) {
  return { ...binding, arguments: table('h', header) }
}
