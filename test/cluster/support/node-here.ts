import type { Logger } from '../../../src/base/logger.ts'
import { type Broker, createBroker } from '../../../src/index.ts'
import type { ClusterNode, NodePlace } from './cluster-node.ts'

/** A broker of a cluster in this process. It cannot be killed, since it shares that process. */
export class NodeHere implements ClusterNode {
  readonly name: string
  readonly #place: NodePlace
  readonly #logger: Logger | undefined
  #broker: Broker | undefined

  constructor(place: NodePlace, logger?: Logger) {
    this.name = place.name
    this.#place = place
    this.#logger = logger
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error(`${this.name} does not run`)
    return this.#broker
  }

  get url(): string {
    return this.broker.url
  }

  get managementUrl(): string {
    return this.broker.managementUrl as string
  }

  async start(): Promise<void> {
    const { name: nodeName, servers: cluster, prefix: clusterPrefix } = this.#place
    this.#broker ??= await createBroker({
      ...{ nodeName, cluster, clusterPrefix, clusterShards: 6, port: 0, managementPort: 0 },
      ...(this.#logger === undefined ? {} : { logger: this.#logger }),
    })
  }

  async stop(): Promise<void> {
    const broker = this.#broker
    this.#broker = undefined
    await broker?.close()
  }

  kill(): Promise<void> {
    throw new Error('what is in this process cannot be killed')
  }
}
