import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsCluster } from '../../../../scripts/nats/nats-cluster.ts'
import { ask } from '../ask.ts'
import { NodeProcess } from '../node-process.ts'

const SIZE = 3
/** How long nodes that start at the same time may need until each has its part, on a machine that does other things. */
const SPREAD_MS = 60_000

/**
 * Three NATS servers and three nodes, started when somebody first asks for them over HTTP: nobody needs them
 * before that, and other tests want to have the machine.
 */
export class ClusterOnDemand {
  readonly #directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
  readonly #server: Server
  #nats: NatsCluster | undefined
  #nodes: NodeProcess[] = []
  #started: Promise<void> | undefined

  static async open(): Promise<ClusterOnDemand> {
    const cluster = new ClusterOnDemand()
    await new Promise<void>((resolve) => cluster.#server.listen(0, '127.0.0.1', resolve))
    return cluster
  }

  private constructor() {
    this.#server = createServer((_, response) => void this.#answer(response))
  }

  /** Where the nodes' URLs can be had, as JSON: when they serve. */
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.close()
    await this.#started?.catch(() => {})
    await Promise.all(this.#nodes.map((node) => node.kill()))
    await this.#nats?.stop('SIGKILL')
    rmSync(this.#directory, { recursive: true })
  }

  async #answer(response: ServerResponse): Promise<void> {
    try {
      this.#started ??= this.#start()
      await this.#started
      response.end(JSON.stringify(this.#nodes.map(({ url }) => url)))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  }

  async #start(): Promise<void> {
    const access = { user: 'test', password: 'test' }
    this.#nats = await NatsCluster.start({ directory: this.#directory, ...access })
    const servers = this.#nats.urls
    for (let number = 1; number <= SIZE; number++) {
      const node = await NodeProcess.create({ name: `n${number}`, servers, prefix: 'suites' })
      this.#nodes.push(node)
    }
    await Promise.all(this.#nodes.map((node) => node.start()))
    await this.#untilSpread()
  }

  /** Nothing moves any more: what moves leaves transient messages behind. */
  async #untilSpread(): Promise<void> {
    const [first] = this.#nodes as [NodeProcess]
    const untilMs = performance.now() + SPREAD_MS
    // The API comes a moment after AMQP.
    const shards = (): Promise<ShownShard[]> =>
      ask(first, '/cluster/shards').then(
        ({ json }) => json,
        () => [],
      )
    while (!isSpread(await shards())) {
      if (performance.now() > untilMs) throw new Error('the shards were not spread over all nodes')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

interface ShownShard {
  readonly owner: string | null
  readonly target: string | null
  readonly state: string
}

function isSpread(shards: readonly ShownShard[]): boolean {
  const isAtRest = shards.every(({ state, target }) => state === 'serving' && target === null)
  return isAtRest && new Set(shards.map(({ owner }) => owner)).size === SIZE
}
