import type { FieldTable } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import type { Definition, DefinitionName } from '../../../src/definitions/definition.ts'
import type { DefinitionStore } from '../../../src/definitions/definition-store.ts'
import type { QueueConsumer } from '../../../src/queue/queue.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'

const OWNER = {}
const NO_ARGUMENTS: FieldTable = new Map()

const nameOf = (definition: DefinitionName): string => {
  switch (definition.kind) {
    case 'binding':
      return `binding ${definition.source} ${definition.destinationKind} ${definition.destination}`
    case 'exchange':
    case 'queue':
      return `${definition.kind} ${definition.vhost} ${definition.name}`
    default:
      return definition.kind
  }
}

/** Writes down what it is told, and stores nothing. */
class RecordingStore implements DefinitionStore {
  readonly storesTransient = false
  readonly isFollowing = false
  readonly puts: Definition[] = []
  #lines: string[] = []
  readonly #takeBacks = new Map<string, () => void>()
  #lastQueueId = 0

  newPlace(): undefined {}

  newQueueIds(count: number): number {
    this.#lastQueueId += count
    return this.#lastQueueId - count + 1
  }

  put(definition: Definition, takeBack: () => void): void {
    this.puts.push(definition)
    this.#lines.push(`+ ${nameOf(definition)}`)
    this.#takeBacks.set(nameOf(definition), takeBack)
  }

  delete(definition: DefinitionName): void {
    this.#lines.push(`- ${nameOf(definition)}`)
  }

  stored(): undefined {}

  /** What it was told since the last time. */
  take(): string[] {
    return this.#lines.splice(0)
  }

  /** As when that could not be stored. */
  takeBack(name: string): void {
    this.#takeBacks.get(name)?.()
  }

  allTakeBacks(): (() => void)[] {
    return [...this.#takeBacks.values()]
  }
}

class Fixture {
  readonly store = new RecordingStore()
  readonly vhost: Vhost = new Vhost('v', { definitions: this.store })

  exchange(name: string, { durable = true, autoDelete = false } = {}): void {
    const properties = { type: 'fanout', durable, autoDelete, internal: false }
    this.vhost.declareExchange(name, { ...properties, arguments: NO_ARGUMENTS })
  }

  queue(name: string, { durable = true, autoDelete = false } = {}): void {
    const properties = { durable, autoDelete, exclusiveOwner: null, arguments: NO_ARGUMENTS }
    this.vhost.declareQueue(name, properties, OWNER)
  }

  bind(source: string, kind: 'queue' | 'exchange', destination: string): void {
    this.vhost.bind(request(source, kind, destination), OWNER)
  }

  unbind(source: string, kind: 'queue' | 'exchange', destination: string): void {
    this.vhost.unbind(request(source, kind, destination), OWNER)
  }

  deleteQueue(name: string): void {
    const queue = this.vhost.queues.find(name)
    if (queue !== undefined) this.vhost.deleteQueue(queue)
  }
}

const request = (source: string, kind: 'queue' | 'exchange', destination: string) => ({
  source,
  kind,
  destination,
  routingKey: '',
  arguments: NO_ARGUMENTS,
})

const idle: QueueConsumer = {
  noAck: true,
  priority: 0,
  prefetchCount: 0,
  arguments: new Map(),
  canTake: () => false,
  deliver() {},
  cancelled() {},
}

describe('a vhost stores', () => {
  it('durable exchanges and queues, and bindings between them', () => {
    const fixture = new Fixture()
    fixture.exchange('e')
    fixture.queue('q')
    fixture.bind('e', 'queue', 'q')
    fixture.bind('amq.fanout', 'exchange', 'e')
    expect(fixture.store.take()).toEqual([
      '+ exchange v e',
      '+ queue v q',
      '+ binding e queue q',
      '+ binding amq.fanout exchange e',
    ])
  })

  it('nothing of what is transient at one end', () => {
    const fixture = new Fixture()
    fixture.exchange('transient', { durable: false })
    fixture.queue('passing', { durable: false })
    fixture.exchange('e')
    fixture.queue('q')
    fixture.store.take()
    fixture.bind('transient', 'queue', 'q')
    fixture.bind('e', 'queue', 'passing')
    fixture.bind('transient', 'exchange', 'e')
    fixture.unbind('transient', 'queue', 'q')
    fixture.deleteQueue('passing')
    fixture.vhost.deleteExchange('transient', false)
    expect(fixture.store.take()).toEqual([])
  })

  it('what is declared, and not what is declared again', () => {
    const fixture = new Fixture()
    for (let round = 0; round < 2; round++) {
      fixture.exchange('e')
      fixture.queue('q')
      fixture.bind('e', 'queue', 'q')
    }
    expect(fixture.store.take()).toEqual(['+ exchange v e', '+ queue v q', '+ binding e queue q'])
  })

  it('a queue with an id that no other has, also when the name comes again', () => {
    const fixture = new Fixture()
    fixture.queue('a')
    fixture.queue('transient', { durable: false })
    fixture.deleteQueue('a')
    fixture.queue('a')
    expect(fixture.store.puts).toMatchObject([
      { name: 'a', id: 1 },
      { name: 'a', id: 2 },
    ])
  })

  it('deletions, of a thing first and then of what hung on it', () => {
    const fixture = new Fixture()
    fixture.exchange('e')
    fixture.exchange('last', { autoDelete: true })
    fixture.queue('q')
    fixture.bind('e', 'queue', 'q')
    fixture.bind('last', 'exchange', 'e')
    fixture.store.take()
    fixture.vhost.deleteExchange('e', false)
    expect(fixture.store.take()).toEqual([
      '- exchange v e',
      '- binding e queue q',
      '- binding last exchange e',
      '- exchange v last',
    ])
    fixture.bind('amq.fanout', 'queue', 'q')
    fixture.store.take()
    fixture.deleteQueue('q')
    expect(fixture.store.take()).toEqual(['- queue v q', '- binding amq.fanout queue q'])
  })

  it('that a binding is removed, if there was one', () => {
    const fixture = new Fixture()
    fixture.queue('q')
    fixture.bind('amq.fanout', 'queue', 'q')
    fixture.store.take()
    fixture.unbind('amq.direct', 'queue', 'q')
    expect(fixture.store.take()).toEqual([])
    fixture.unbind('amq.fanout', 'queue', 'q')
    expect(fixture.store.take()).toEqual(['- binding amq.fanout queue q'])
  })

  it('that a queue deletes itself', () => {
    const fixture = new Fixture()
    fixture.queue('q', { autoDelete: true })
    fixture.store.take()
    const queue = fixture.vhost.queues.get('q', OWNER)
    void queue.consume(idle, false)
    queue.cancel(idle)
    expect(fixture.store.take()).toEqual(['- queue v q'])
  })
})

describe('a vhost whose store fails', () => {
  it('takes a queue back, with what was bound to it since', () => {
    const fixture = new Fixture()
    fixture.queue('q')
    fixture.bind('amq.fanout', 'queue', 'q')
    const { topologyVersion } = fixture.vhost
    fixture.store.takeBack('queue v q')
    expect(fixture.vhost.queues.find('q')).toBeUndefined()
    expect(fixture.vhost.topologyVersion).toBeGreaterThan(topologyVersion)
    expect(fixture.store.take().slice(-2)).toEqual(['- queue v q', '- binding amq.fanout queue q'])
  })

  it('takes an exchange back', () => {
    const fixture = new Fixture()
    fixture.exchange('e')
    fixture.store.takeBack('exchange v e')
    expect(fixture.vhost.exchanges.find('e')).toBeUndefined()
    expect(fixture.store.take()).toEqual(['+ exchange v e', '- exchange v e'])
  })

  it('takes a binding back, and leaves an exchange that would delete itself for want of it', () => {
    const fixture = new Fixture()
    fixture.exchange('e', { autoDelete: true })
    fixture.queue('q')
    fixture.bind('e', 'queue', 'q')
    const { topologyVersion } = fixture.vhost
    fixture.store.takeBack('binding e queue q')
    expect(fixture.store.take().slice(-1)).toEqual(['- binding e queue q'])
    expect(fixture.vhost.exchanges.find('e')).toBeDefined()
    expect(fixture.vhost.topologyVersion).toBeGreaterThan(topologyVersion)
    const route = fixture.vhost.route(fixture.vhost.exchanges.get('e'), [''], undefined)
    expect(route.queues).toEqual([])
  })

  it('leaves alone what has gone already, and what has taken its name', () => {
    const fixture = new Fixture()
    fixture.exchange('e')
    fixture.queue('q')
    fixture.bind('e', 'queue', 'q')
    const takeBacks = fixture.store.allTakeBacks()
    fixture.deleteQueue('q')
    fixture.vhost.deleteExchange('e', false)
    fixture.exchange('e')
    fixture.queue('q')
    fixture.bind('e', 'queue', 'q')
    fixture.store.take()
    for (const takeBack of takeBacks) takeBack()
    expect(fixture.store.take()).toEqual([])
    const route = fixture.vhost.route(fixture.vhost.exchanges.get('e'), [''], undefined)
    expect(route.queues.map(({ name }) => name)).toEqual(['q'])
  })
})
