import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, inject } from 'vitest'
import type { Logger } from '../../../src/base/logger.ts'
import { NodeHere } from './node-here.ts'
import { NodeProcess } from './node-process.ts'

/** How long brokers may need that start at the same time, on a machine that does other things too. */
const START_MS = 60_000

export interface TestCluster<Node> {
  readonly nodes: readonly Node[]
  readonly prefix: string
  readonly servers: readonly string[]
}

export interface TestClusterOptions {
  readonly size?: number
  /** Unless they are given, those of the global setup, which nobody stops. */
  readonly servers?: () => readonly string[]
  readonly logger?: Logger
  readonly args?: readonly string[]
}

/** Brokers in this process, from before the tests of this suite until after them. */
export function clusterHere(options: TestClusterOptions = {}): TestCluster<NodeHere> {
  return clusterOf(options, async (place) => new NodeHere(place, options.logger))
}

/** The same as processes, which may be killed and paused. */
export function clusterOfProcesses(options: TestClusterOptions = {}): TestCluster<NodeProcess> {
  const { args = ['--cluster-shards', '6'] } = options
  return clusterOf(options, (place) => NodeProcess.create({ ...place, args }))
}

interface Place {
  readonly name: string
  readonly servers: readonly string[]
  readonly prefix: string
}

function clusterOf<Node extends { start(): Promise<void>; stop(): Promise<void> }>(
  { size = 3, servers }: TestClusterOptions,
  create: (place: Place) => Promise<Node>,
): TestCluster<Node> {
  const nodes: Node[] = []
  const prefix = `test-${randomUUID()}`
  const serversOf = servers ?? ((): readonly string[] => inject('natsUrls'))
  beforeAll(async () => {
    for (let number = 1; number <= size; number++) {
      nodes.push(await create({ name: `n${number}`, servers: serversOf(), prefix }))
    }
    await Promise.all(nodes.map((node) => node.start()))
  }, START_MS)
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
  }, START_MS)
  return {
    nodes,
    prefix,
    get servers() {
      return serversOf()
    },
  }
}
