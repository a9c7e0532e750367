import { Administration } from '../../src/administration/administration.ts'
import type { Clock } from '../../src/base/clock.ts'
import { Happenings } from '../../src/base/happenings.ts'
import type { Definition, QueuePlace } from '../../src/definitions/definition.ts'
import { SharedDefinitions } from '../../src/definitions/shared-definitions.ts'
import type { Queue } from '../../src/queue/queue.ts'
import type { Metadata } from '../../src/store/metadata.ts'
import type { BindingRequest } from '../../src/vhost/binding-resolver.ts'
import { type NewQueue, queueFactory } from '../../src/vhost/queue-factory.ts'
import { restoreVhosts } from '../../src/vhost/restore-vhosts.ts'
import { Vhost } from '../../src/vhost/vhost.ts'
import { RecordingLogger } from './recording-logger.ts'

const FIRST: readonly Definition[] = [
  { kind: 'vhost', name: '/', description: '', tags: [] },
  { kind: 'user', name: 'guest', passwordHash: '', tags: [], limits: new Map() },
  { kind: 'permission', user: 'guest', vhost: '/', configure: '.*', write: '.*', read: '.*' },
]

const createQueue = queueFactory()

let started = 0

/** One of several nodes, as far as definitions go. */
export class DefinitionsNode {
  readonly name: string
  readonly incarnation: string
  /** As a connection of this node. */
  readonly owner: object = {}
  readonly logger: RecordingLogger = new RecordingLogger()
  readonly happenings: Happenings = new Happenings()
  readonly administration: Administration
  /** What queues were made of. */
  readonly made = new Map<Queue, NewQueue>()
  readonly metadata: Metadata
  closedSessions = 0
  definitions!: SharedDefinitions
  readonly #clock: Clock

  /** `barrier` says when other nodes have what is stored up to a position. */
  static async start(
    name: string,
    metadata: Metadata,
    clock: Clock,
    barrier: (node: DefinitionsNode, position: number) => Promise<void>,
  ): Promise<DefinitionsNode> {
    const node = new DefinitionsNode(name, metadata, clock)
    const options = {
      ...{ metadata, clock, logger: node.logger },
      placeOf: node.#placeOf(),
      barrier: (position: number) => barrier(node, position),
    }
    node.definitions = await SharedDefinitions.open(options, FIRST)
    const { loaded } = node.definitions
    node.administration.restore(loaded, node.definitions, node.logger)
    restoreVhosts(loaded, {
      createVhost: (vhost) => node.vhost(vhost),
      definitions: node.definitions,
      logger: node.logger,
    })
    node.definitions.follow(node.administration.applied)
    return node
  }

  private constructor(name: string, metadata: Metadata, clock: Clock) {
    this.name = name
    this.incarnation = `${name} ${++started}`
    this.metadata = metadata
    this.#clock = clock
    this.administration = new Administration({
      loopbackUsers: [],
      allowMirroring: false,
      happenings: this.happenings,
      createVhost: (vhost) => this.#createVhost(vhost),
      closeSessions: () => this.closedSessions++,
    })
  }

  /** That is there. */
  vhost(name = '/'): Vhost {
    const vhost = this.administration.findVhost(name)
    if (vhost === undefined) throw new Error(`there is no vhost ${name}`)
    return vhost
  }

  declareQueue(name: string, properties: Partial<NewQueue['properties']> = {}, vhost = '/'): Queue {
    const plain = { durable: true, autoDelete: false, exclusiveOwner: null, arguments: new Map() }
    return this.vhost(vhost).declareQueue(name, { ...plain, ...properties }, this.owner)
  }

  deleteQueue(name: string, vhost = '/'): void {
    const queue = this.vhost(vhost).queues.find(name)
    if (queue !== undefined) this.vhost(vhost).deleteQueue(queue)
  }

  declareExchange(
    name: string,
    { type = 'direct', autoDelete = false, durable = true } = {},
  ): void {
    const properties = { type, autoDelete, durable, internal: false, arguments: new Map() }
    this.vhost().declareExchange(name, properties)
  }

  bind(source: string, destination: string, kind: BindingRequest['kind'] = 'queue'): void {
    this.vhost().bind(bindingOf(source, destination, kind), this.owner)
  }

  unbind(source: string, destination: string, kind: BindingRequest['kind'] = 'queue'): void {
    this.vhost().unbind(bindingOf(source, destination, kind), this.owner)
  }

  /** All that is in memory and is stored, in words. */
  describe(): string[] {
    const { administration: all } = this
    const tables = [
      ...all.vhosts.list(),
      ...all.users.list(),
      ...all.permissions.list(),
      ...all.policies.list(),
      ...all.parameters.list(),
      ...all.globalParameters.list(),
    ]
    const lines = tables.map(({ kind, ...rest }) => `${kind} ${JSON.stringify(rest)}`)
    for (const { name } of all.vhosts.list()) lines.push(...this.#describeTopology(name))
    return lines.sort()
  }

  #describeTopology(name: string): string[] {
    const vhost = this.vhost(name)
    const exchanges = [...vhost.exchanges.values()].map(
      ({ name: exchange, type, durable }) => `exchange ${exchange} ${type} ${durable}`,
    )
    const queues = [...vhost.queues.values()].map((queue) => {
      const { id, place } = this.made.get(queue) as NewQueue
      return `queue ${queue.name} ${id} ${JSON.stringify(place)} ${queue.isPaused}`
    })
    const bindings = [...vhost.bindings].map(
      ({ source, destination, routingKey }) =>
        `binding ${source.name} ${destination.kind} ${destination.name} ${routingKey}`,
    )
    return [...exchanges, ...queues, ...bindings].map((line) => `${name} ${line}`)
  }

  #placeOf(): (queue: { durable: boolean; exclusiveOwner: object | null }) => QueuePlace {
    let shard = 0
    return ({ durable, exclusiveOwner }) =>
      durable && exclusiveOwner === null
        ? { shard: shard++ % 4 }
        : { node: this.name, incarnation: this.incarnation }
  }

  #createVhost(name: string): Vhost {
    return new Vhost(name, {
      definitions: this.definitions,
      clock: this.#clock,
      happenings: this.happenings,
      createQueue: (parts) => {
        const queue = createQueue({ ...parts, id: null })
        this.made.set(queue, parts)
        return queue
      },
    })
  }
}

function bindingOf(
  source: string,
  destination: string,
  kind: BindingRequest['kind'],
): BindingRequest {
  return { source, destination, kind, routingKey: 'k', arguments: new Map() }
}
