import { topicMatches } from '../exchange/topic-pattern.ts'

export interface ExchangeSketch {
  readonly name: string
  readonly type: string
  readonly durable: boolean
  readonly autoDelete: boolean
  readonly alternate: string | undefined
}

export interface QueueSketch {
  readonly name: string
  /** Never with an owner. */
  readonly durable: boolean
  /** It goes with its last consumer. */
  readonly autoDelete: boolean
  /** Whose it is; it goes with them. */
  readonly owner: number | undefined
}

export interface BindingSketch {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  /** What the header `h` must be; binds by it on headers exchanges only. */
  readonly header: string | undefined
}

/** What came of a request: nothing special, or the reply code of its refusal. */
export type Outcome = 'ok' | 403 | 404 | 405 | 406

/** A vhost as lists of what was declared, searched from end to end for each message. */
export class TopologyModel {
  #exchanges: ExchangeSketch[] = [
    { name: '', type: 'direct', durable: true, autoDelete: false, alternate: undefined },
  ]
  #queues: QueueSketch[] = []
  #bindings: BindingSketch[] = []

  get exchangeNames(): string[] {
    return this.#exchanges.map(({ name }) => name)
  }

  get queueNames(): string[] {
    return this.#queues.map(({ name }) => name)
  }

  declareExchange(sketch: ExchangeSketch): Outcome {
    const known = this.#exchange(sketch.name)
    if (known !== undefined) return same(known, sketch) ? 'ok' : 406
    this.#exchanges.push(sketch)
    return 'ok'
  }

  deleteExchange(name: string, ifUnused: boolean): Outcome {
    if (ifUnused && this.#isSource(name)) return 406
    this.#removeExchange(name)
    return 'ok'
  }

  declareQueue(sketch: QueueSketch): Outcome {
    const known = this.#queue(sketch.name)
    if (known === undefined) {
      this.#queues.push(sketch)
      return 'ok'
    }
    if (known.owner !== sketch.owner) return 405
    return same(known, sketch) ? 'ok' : 406
  }

  deleteQueue(name: string): void {
    this.#queues = this.#queues.filter((queue) => queue.name !== name)
    this.#removeBindings((binding) => binding.kind === 'queue' && binding.destination === name)
  }

  /** Somebody consumes and cancels. */
  consumeOnce(name: string): void {
    if (this.#queue(name)?.autoDelete) this.deleteQueue(name)
  }

  ownerLeft(owner: number): void {
    const theirs = this.#queues.filter((queue) => queue.owner === owner)
    for (const { name } of theirs) this.deleteQueue(name)
  }

  bind(binding: BindingSketch): Outcome {
    if (binding.source === '') return 403
    if (this.#exchange(binding.source) === undefined || !this.#hasDestination(binding)) return 404
    if (!this.#bindings.some((known) => same(known, binding))) this.#bindings.push(binding)
    return 'ok'
  }

  unbind(binding: BindingSketch): Outcome {
    if (binding.source === '') return 403
    this.#removeBindings((known) => same(known, binding))
    return 'ok'
  }

  /** What there is when the broker starts again: nothing deletes itself then. */
  restarted(): TopologyModel {
    const model = new TopologyModel()
    model.#exchanges = this.#exchanges.filter(({ durable }) => durable)
    model.#queues = this.#queues.filter(({ durable }) => durable)
    model.#bindings = this.#bindings.filter(
      (binding) => model.#exchange(binding.source) !== undefined && model.#hasDestination(binding),
    )
    return model
  }

  /** The names of the queues that a message goes to, sorted. */
  queuesOf(exchange: string, routingKey: string, header: string | undefined): string[] {
    const queues = new Set<string>()
    const visited = new Set<string>()
    const visit = (name: string) => {
      const sketch = this.#exchange(name)
      if (sketch === undefined || visited.has(name)) return
      visited.add(name)
      if (name === '') {
        if (this.#queue(routingKey) !== undefined) queues.add(routingKey)
        return
      }
      const matching = this.#bindings.filter(
        (binding) => binding.source === name && matches(sketch.type, binding, routingKey, header),
      )
      if (matching.length === 0 && sketch.alternate !== undefined) visit(sketch.alternate)
      for (const { kind, destination } of matching) {
        if (kind === 'queue') queues.add(destination)
        else visit(destination)
      }
    }
    visit(exchange)
    return [...queues].sort()
  }

  #exchange(name: string): ExchangeSketch | undefined {
    return this.#exchanges.find((exchange) => exchange.name === name)
  }

  #queue(name: string): QueueSketch | undefined {
    return this.#queues.find((queue) => queue.name === name)
  }

  #hasDestination({ kind, destination }: BindingSketch): boolean {
    const found = kind === 'queue' ? this.#queue(destination) : this.#exchange(destination)
    return found !== undefined
  }

  #isSource(name: string): boolean {
    return this.#bindings.some(({ source }) => source === name)
  }

  #removeExchange(name: string): void {
    if (this.#exchange(name) === undefined) return
    this.#exchanges = this.#exchanges.filter((exchange) => exchange.name !== name)
    this.#bindings = this.#bindings.filter(({ source }) => source !== name)
    this.#removeBindings(({ kind, destination }) => kind === 'exchange' && destination === name)
  }

  /** An exchange that deletes itself does so when it has lost the last binding from it. */
  #removeBindings(isMeant: (binding: BindingSketch) => boolean): void {
    const removed = this.#bindings.filter(isMeant)
    this.#bindings = this.#bindings.filter((binding) => !isMeant(binding))
    for (const { source } of removed) {
      if (this.#exchange(source)?.autoDelete && !this.#isSource(source))
        this.#removeExchange(source)
    }
  }
}

function matches(
  type: string,
  binding: BindingSketch,
  routingKey: string,
  header: string | undefined,
): boolean {
  if (type === 'fanout') return true
  if (type === 'direct') return binding.routingKey === routingKey
  if (type === 'topic') return topicMatches(binding.routingKey, routingKey)
  return binding.header === undefined || binding.header === header
}

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b)
