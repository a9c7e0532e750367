import { Peer, type PeerOptions } from './peer.ts'
import { watchedBy, watchersOf } from './peer-ring.ts'
import type { ClusterNode } from './shard-map.ts'
import { PING_MS } from './timing.ts'

export type PeersOptions = Omit<PeerOptions, 'node' | 'onDead'> & {
  /** The process that was this node is dead. May be called more than once. */
  readonly onDead: (node: string, incarnation: string, reason: string) => void
}

/** The other nodes that this one has to do with: those that it watches, and those that watch it. */
export class Peers {
  readonly #options: PeersOptions
  #peers = new Map<string, Peer>()
  #incarnations = new Map<string, string>()
  #watched: ReadonlySet<string> = new Set()
  #watchers: readonly string[] = []
  readonly #stops: (() => void)[]

  constructor(options: PeersOptions) {
    this.#options = options
    const { traffic, self, clock } = options
    this.#stops = [
      traffic.answer(self, (from) => this.#peers.get(from)?.heard()),
      clock.every(PING_MS, () => this.#tick()),
    ]
  }

  /** When everyone who could take this node for dead was last known not to; never, if there is nobody. */
  get provenMs(): number {
    const answered = this.#watchers.map((node) => this.#peers.get(node)?.answeredMs ?? NEVER)
    return answered.length === 0 ? NEVER : Math.min(...answered)
  }

  /** Says who is in the cluster now. */
  setNodes(nodes: ReadonlyMap<string, ClusterNode>): void {
    const { self } = this.#options
    this.#watched = new Set(watchedBy(self, nodes.keys()))
    this.#watchers = watchersOf(self, nodes.keys())
    const names = new Set([...this.#watched, ...this.#watchers])
    const peers = new Map<string, Peer>()
    const incarnations = new Map<string, string>()
    for (const node of names) {
      const incarnation = nodes.get(node)?.incarnation ?? ''
      const isSame = this.#incarnations.get(node) === incarnation
      const known = isSame ? this.#peers.get(node) : undefined
      peers.set(node, known ?? this.#newPeer(node, incarnation))
      incarnations.set(node, incarnation)
    }
    this.#peers = peers
    this.#incarnations = incarnations
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }

  #newPeer(node: string, incarnation: string): Peer {
    const { onDead } = this.#options
    const peer: Peer = new Peer({
      ...this.#options,
      node,
      onDead: (reason) => {
        // It may have been asked before another process took its place.
        if (this.#peers.get(node) === peer) onDead(node, incarnation, reason)
      },
    })
    return peer
  }

  #tick(): void {
    for (const [node, peer] of this.#peers) peer.tick(this.#watched.has(node))
  }
}

const NEVER = Number.NEGATIVE_INFINITY
