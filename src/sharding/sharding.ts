import { randomBytes } from 'node:crypto'
import { Behind } from '../base/behind.ts'
import { after, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Turn } from '../base/turn.ts'
import type { CompatProfile } from '../config/compat.ts'
import type { QueuePlace } from '../definitions/definition.ts'
import { DelayQueue } from '../delayed/delay-queue.ts'
import { internalError } from '../errors.ts'
import type { Delays } from '../queue/delays.ts'
import type { Queue, QueueEvents, QueueProperties } from '../queue/queue.ts'
import type { QueueStorage } from '../queue/queue-storage.ts'
import { ByPlace } from './by-place.ts'
import { Conversation, type LinkListener, type Target } from './conversation.ts'
import type { DelaysOfExchange } from './exchange-delays.ts'
import type { BatchTraffic } from './link/batch-traffic.ts'
import type { LinkId } from './link/datagram.ts'
import { LinkReceivers } from './link/link-receivers.ts'
import { LinkSender } from './link/link-sender.ts'
import { LocalTraffic } from './link/local-traffic.ts'
import { newEngine } from './new-engine.ts'
import { NodeTickets } from './node-tickets.ts'
import { OwnedShard, type ShardJournal, type ShardState } from './owned-shard.ts'
import { type Members, PlaceOwner } from './place-owner.ts'
import { ShardedDelays } from './sharded-delays.ts'
import { type QueueChange, ShardedQueue } from './sharded-queue.ts'

export interface ShardingOptions {
  /** What this node is called in the map. */
  readonly node: string
  readonly traffic: BatchTraffic
  /** Takes the shard's stream over; whoever had it before can store nothing any more. */
  readonly openJournal: (shard: number, epoch: number) => Promise<ShardJournal>
  readonly storage: QueueStorage
  /** Resolves when everything is known here that was defined anywhere before. */
  readonly told: () => Promise<void>
  readonly profile: CompatProfile
  readonly turn: Turn
  readonly clock: Clock
  readonly logger: Logger
  /** See `PersistenceOptions`. */
  readonly onBehind: (isBehind: boolean) => void
  readonly onFailing: (isFailing: boolean) => void
}

/** As much of the shard map as matters here. */
export interface Owners {
  readonly version: number
  readonly nodes: ReadonlyMap<string, { readonly incarnation: string }>
  readonly shards: readonly { readonly owner: string | null; readonly epoch: number }[]
}

/** What is known of a new queue: see `NewQueue` in `src/vhost`. */
export interface PlacedQueue {
  readonly name: string
  readonly vhostName: string
  readonly properties: QueueProperties
  readonly events: QueueEvents
  readonly id: number | null
  readonly place: QueuePlace | undefined
}

const NO_OWNERS: Owners = { version: 0, nodes: new Map(), shards: [] }
const FRONT_BYTES = 6
/** A node that has left the map, or has not come to it yet, has this long to be in it. */
const NODE_GONE_MS = 5000
/** How often it is looked whether owners still know this node. */
const LOOK_MS = 1000
/** How long a shard is left alone that could not be opened. */
const REOPEN_MS = 250

/**
 * The queues of a node in a cluster: for each that there is anywhere a `ShardedQueue`, a `Conversation` for
 * each place where queues are, and the queues themselves of those places that this node owns.
 */
export class Sharding {
  readonly tickets: NodeTickets
  readonly #options: ShardingOptions
  readonly #traffic: BatchTraffic
  /** This process, as owners know it. */
  readonly #front = randomBytes(FRONT_BYTES).readUIntBE(0, FRONT_BYTES)
  readonly #frontAddress = `f.${this.#front.toString(36)}`
  readonly #replies: LinkReceivers
  readonly #conversations = new Map<string, PlaceConversation>()
  readonly #byLink = new Map<LinkId, Conversation>()
  readonly #queues = new ByPlace<ShardedQueue>()
  readonly #delays = new ByPlace<DelaysOfExchange>()
  readonly #owners = new Map<string, PlaceOwner>()
  readonly #shards = new Map<number, OwnedShard>()
  readonly #behind: Behind
  readonly #failing = new Set<number>()
  readonly #stopLooking: () => void
  #map: Owners = NO_OWNERS
  #isClosed = false

  constructor(options: ShardingOptions) {
    this.#options = options
    this.#behind = new Behind(options.onBehind)
    this.#traffic = new LocalTraffic(options.traffic, options.clock)
    this.tickets = new NodeTickets(() => {
      for (const { conversation } of this.#conversations.values()) conversation.makeAtomic()
    })
    this.#stopLooking = options.clock.every(LOOK_MS, () => {
      for (const { conversation } of this.#conversations.values()) conversation.look()
    })
    this.#replies = new LinkReceivers({
      traffic: this.#traffic,
      address: this.#frontAddress,
      clock: options.clock,
      onOpened: (linkId) => {
        if (!this.#byLink.has(linkId)) this.#replies.closeLink(linkId)
      },
      onBatch: (linkId, batch) => this.#onReply(linkId, batch),
      onBroken: (linkId) => this.#byLink.get(linkId)?.startAgain(),
      onMalformed: () => this.#onMalformed(),
    })
  }

  /** What stands on this node for a queue, wherever it is. */
  readonly queueFactory = ({
    name,
    vhostName,
    properties,
    events,
    id,
    place,
  }: PlacedQueue): Queue => {
    if (place === undefined || id === null) throw internalError(`queue '${name}' has no place`)
    const key = keyOf(place)
    const queue: ShardedQueue = new ShardedQueue({
      id,
      name,
      vhostName,
      properties,
      events,
      line: this.#conversationOf(place),
      onChange: (changed, change) => this.#changed(key, changed, change),
    })
    this.#queues.add(key, queue)
    this.#conversationOf(place).add(queue)
    this.#ownerOf(place)?.add(queue)
    return queue
  }

  /** What stands on this node for the delays of an exchange, wherever they are. */
  createDelays(place: QueuePlace, delays: DelaysOfExchange): Delays {
    const key = keyOf(place)
    this.#delays.add(key, delays)
    this.#ownerOf(place)?.addDelays(delays)
    return new ShardedDelays({
      id: delays.id,
      line: this.#conversationOf(place),
      own: () => this.#owners.get(key)?.delaysOf(delays.id) ?? null,
      toldCount: () => 0,
      onDelete: () => {
        this.#delays.delete(key, delays)
        this.#owners.get(key)?.removeDelays(delays.id)
      },
    })
  }

  /** The map has changed. */
  follow(map: Owners): void {
    if (this.#isClosed) return
    this.#map = map
    const members = this.#members
    for (const owner of this.#owners.values()) owner.follow(members)
    for (const { place, conversation } of this.#conversations.values()) {
      conversation.follow(this.#targetOf(place))
    }
  }

  /** This node owns the shard from now on. */
  take(shard: number, epoch: number): void {
    const key = keyOf({ shard })
    const { openJournal, turn, clock, logger } = this.#options
    const owned = new OwnedShard({
      shard,
      epoch,
      turn,
      clock,
      logger,
      openJournal: () => openJournal(shard, epoch),
      told: this.#options.told,
      queueIds: () => [
        ...this.#queues.of(key).flatMap((queue) => queue.logIds),
        ...this.#delays.of(key).map((delays) => delays.id),
      ],
      newOwner: (parts) => {
        const owner = this.#newOwner(addressOf({ shard }, epoch), parts)
        this.#owners.set(key, owner)
        for (const queue of this.#queues.of(key)) owner.add(queue)
        for (const delays of this.#delays.of(key)) owner.addDelays(delays)
        return owner
      },
      onFailing: (isFailing) => this.#setFailing(shard, isFailing),
      onFailed: (error) => {
        logger.error({ err: error, shard, epoch }, 'Cannot open a shard yet')
        this.#end(shard)
        after(clock, REOPEN_MS, () => {
          if (this.#isOwned(shard, epoch) && !this.#shards.has(shard)) this.take(shard, epoch)
        })
      },
    })
    this.#shards.set(shard, owned)
  }

  /** It is to be another's: resolves when nothing of it is under way here any more; never rejects. */
  async release(shard: number): Promise<void> {
    const owned = this.#shards.get(shard)
    // Whatever has not been stored then was not confirmed either.
    await owned?.release().catch((error) => {
      this.#options.logger.error({ err: error, shard }, 'A shard could not be let go of in order')
    })
    // It may have been lost meanwhile, and be this node's again.
    if (this.#shards.get(shard) === owned) this.#end(shard)
  }

  /** It is another's already, or may be. */
  lose(shard: number, reason: string): void {
    this.#options.logger.warn({ shard, reason }, 'A shard is not ours any more')
    this.#end(shard)
  }

  /** The shards that are owned here, and how far they are. */
  get shardStates(): readonly ShardState[] {
    return [...this.#shards.values()].map((owned) => owned.state)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopLooking()
    this.#replies.close()
    for (const { conversation } of this.#conversations.values()) conversation.close()
    for (const shard of [...this.#shards.keys()]) this.#end(shard)
    for (const owner of this.#owners.values()) owner.close()
  }

  get #members(): Members {
    const { version, nodes } = this.#map
    return { version, incarnations: new Set([...nodes.values()].map((node) => node.incarnation)) }
  }

  #end(shard: number): void {
    this.#shards.get(shard)?.abandon()
    this.#shards.delete(shard)
    this.#owners.delete(keyOf({ shard }))
    this.#setFailing(shard, false)
  }

  #isOwned(shard: number, epoch: number): boolean {
    const now = this.#map.shards[shard]
    return now?.owner === this.#options.node && now.epoch === epoch && !this.#isClosed
  }

  /** The owner of a place, if that is this node. What is in its memory has one as soon as there is anything. */
  #ownerOf(place: QueuePlace): PlaceOwner | undefined {
    const key = keyOf(place)
    const owner = this.#owners.get(key)
    if (owner !== undefined || !('node' in place) || place.node !== this.#options.node) return owner
    const created = this.#newOwner(addressOf(place), { log: null, stamp: undefined })
    this.#owners.set(key, created)
    return created
  }

  #newOwner(
    address: string,
    parts: Pick<ConstructorParameters<typeof PlaceOwner>[0], 'log' | 'stamp'>,
  ): PlaceOwner {
    const { turn, clock, logger, storage, profile, told } = this.#options
    return new PlaceOwner({
      ...parts,
      address,
      turn,
      clock,
      logger,
      told,
      traffic: this.#traffic,
      members: this.#members,
      ownFront: this.#front,
      createQueue: (queue, owner) =>
        newEngine(queue, {
          ...{ log: parts.log, storage, profile, underWay: owner.underWay },
          isInUse: () => owner.isInUse(),
        }),
      createDelays: ({ id, owner, release }, { underWay }) =>
        new DelayQueue({
          ...{ owner, storage, arrivals: { tickets: this.tickets } },
          log: parts.log?.queueLog(id) ?? null,
          keepsTransient: true,
          release: (message) => underWay.followPublish(release(message), this.tickets),
          // Those that it goes to may be anywhere: they refuse it when it comes.
          roomFor: () => 'now',
        }),
      onMalformed: () => this.#onMalformed(),
    })
  }

  #conversationOf(place: QueuePlace): Conversation {
    const key = keyOf(place)
    const known = this.#conversations.get(key)
    if (known !== undefined) return known.conversation
    const { turn, clock } = this.#options
    const conversation: Conversation = new Conversation({
      tickets: this.tickets,
      turn,
      clock,
      openLink: (address, linkId, listener) =>
        this.#openLink(conversation, address, linkId, listener),
      onBehind: this.#behind.source(),
      goneAfterMs: 'node' in place ? NODE_GONE_MS : undefined,
      onOver: () => {
        this.#conversations.delete(key)
        this.#closeLinkOf(conversation)
      },
    })
    this.#conversations.set(key, { place, conversation })
    conversation.follow(this.#targetOf(place))
    return conversation
  }

  #openLink(
    conversation: Conversation,
    address: string,
    linkId: LinkId,
    { onDrained, onRefused }: LinkListener,
  ): LinkSender {
    this.#closeLinkOf(conversation)
    this.#byLink.set(linkId, conversation)
    const { clock } = this.#options
    return new LinkSender({ traffic: this.#traffic, address, linkId, clock, onDrained, onRefused })
  }

  #closeLinkOf(conversation: Conversation): void {
    for (const [link, other] of this.#byLink) {
      if (other !== conversation) continue
      this.#byLink.delete(link)
      this.#replies.closeLink(link)
    }
  }

  #onReply(linkId: LinkId, batch: Buffer): void {
    const conversation = this.#byLink.get(linkId)
    try {
      conversation?.onBatch(batch)
    } catch (error) {
      this.#options.logger.error(
        { err: error },
        'The owner of queues says what cannot be understood',
      )
      this.#replies.closeLink(linkId)
      conversation?.startAgain()
    }
  }

  #targetOf(place: QueuePlace): Target | null {
    const { nodes, shards } = this.#map
    const self = nodes.get(this.#options.node)
    if ('node' in place) {
      const isHere = place.node === this.#options.node
      if (!isHere && nodes.get(place.node)?.incarnation !== place.incarnation) return null
      return this.#target(place, 0, self?.incarnation ?? place.incarnation)
    }
    const owned = shards[place.shard]
    if (self === undefined || owned === undefined || owned.owner === null) return null
    return this.#target(place, owned.epoch, self.incarnation)
  }

  #target(place: QueuePlace, epoch: number, incarnation: string): Target {
    const { node } = this.#options
    const whom = { front: this.#front, address: this.#frontAddress }
    const greeting = { ...whom, node, incarnation, mapVersion: this.#map.version }
    return { address: addressOf(place, epoch), epoch, greeting }
  }

  #changed(key: string, queue: ShardedQueue, change: QueueChange): void {
    const { engine } = queue
    switch (change) {
      case 'policy':
        if (queue.policy !== null) engine?.applyPolicy(queue.policy)
        break
      case 'pause':
        if (engine !== null) engine.isPaused = queue.isPaused
        break
      case 'deleted':
        this.#queues.delete(key, queue)
        this.#owners.get(key)?.remove(queue)
        break
      default:
        change satisfies never
    }
  }

  #setFailing(shard: number, isFailing: boolean): void {
    const before = this.#failing.size
    if (isFailing) this.#failing.add(shard)
    else this.#failing.delete(shard)
    if ((before === 0) !== (this.#failing.size === 0))
      this.#options.onFailing(this.#failing.size > 0)
  }

  #onMalformed(): void {
    this.#options.logger.warn({}, 'Dropped what came from elsewhere than a node of this cluster')
  }
}

interface PlaceConversation {
  readonly place: QueuePlace
  readonly conversation: Conversation
}

const keyOf = (place: QueuePlace): string =>
  'shard' in place ? `s.${place.shard}` : `n.${place.node}.${place.incarnation}`

/** Of the owner of a place: another one has another address. */
const addressOf = (place: QueuePlace, epoch = 0): string =>
  'shard' in place ? `${keyOf(place)}.${epoch}` : keyOf(place)
