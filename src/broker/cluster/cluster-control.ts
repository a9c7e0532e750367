import { AdministrationError } from '../../administration/administration-error.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import type { ClusterMember } from '../../cluster/cluster-member.ts'
import type { KnownNode, ManagedCluster, ShardOwner } from '../../management/managed-cluster.ts'
import type { KnownNodes } from './known-nodes.ts'
import type { NodeCalls } from './node-calls.ts'

/** What those see of the cluster, and change in it, who look after a broker that is one of it. */
export class ClusterControl implements ManagedCluster {
  readonly node: string
  readonly #member: ClusterMember
  readonly #known: KnownNodes
  readonly #calls: NodeCalls

  constructor(node: string, member: ClusterMember, known: KnownNodes, calls: NodeCalls) {
    this.node = node
    this.#member = member
    this.#known = known
    this.#calls = calls
  }

  get isMember(): boolean {
    return this.#member.isMember
  }

  get members(): readonly string[] {
    return [...this.#member.map.nodes.keys()]
  }

  get shards(): readonly ShardOwner[] {
    return this.#member.map.shards
  }

  nodes(): Promise<readonly KnownNode[]> {
    return this.#known.all()
  }

  call(node: string, question: Buffer, timeoutMs?: number): Promise<Buffer | undefined> {
    return this.#calls.call(node, question, timeoutMs)
  }

  async move(shard: number, node: string): Promise<void> {
    this.#assertThere(node)
    if (this.shards[shard] === undefined) throw notThere(`there is no shard ${shard}`)
    await changed(this.#member.move(shard, node))
  }

  async drain(node: string, isDraining: boolean): Promise<void> {
    this.#assertThere(node)
    await changed(this.#member.drain(node, isDraining))
  }

  async forget(node: string): Promise<void> {
    const known = (await this.nodes()).find(({ name }) => name === node)
    if (known === undefined) throw noNode(node)
    if (known.isRunning) {
      throw new AdministrationError('bad_request', `node ${node} is running: stop it first`)
    }
    await changed(this.#known.forget(node))
  }

  #assertThere(node: string): void {
    if (!this.#member.map.nodes.has(node)) throw noNode(node)
  }
}

const notThere = (reason: string): AdministrationError =>
  new AdministrationError('not_found', reason)
const noNode = (node: string): AdministrationError =>
  notThere(`there is no node ${node} in the cluster`)

/** What the cluster cannot do now is told to who asked for it; it is no fault of the broker. */
async function changed(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    const { message } = error as Error
    const reason = error instanceof ClusterError ? message : `NATS does not store it: ${message}`
    throw new AdministrationError('bad_request', reason)
  }
}
