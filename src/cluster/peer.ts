import type { Clock } from '../base/clock.ts'
import type { Metadata } from '../store/metadata.ts'
import { heartbeatKey } from './heartbeat.ts'
import type { NodeTraffic } from './node-traffic.ts'
import { DEAD_MS, SUSPECT_MS, UNHEARD_PINGS, UNHEARD_PINGS_MOVING } from './timing.ts'

export interface PeerOptions {
  readonly node: string
  /** This node itself. */
  readonly self: string
  readonly traffic: NodeTraffic
  readonly presence: Metadata
  readonly clock: Clock
  /** It is dead, for this reason. May be called more than once. */
  readonly onDead: (reason: string) => void
}

/** What was last seen of a heartbeat, and since when it has been the same. */
interface Trace {
  readonly value: string | undefined
  readonly sinceMs: number
}

/**
 * Another node, as this one sees it.
 *
 * It is dead when nobody listens in its place: then its process has ended, or has no connection. If
 * somebody does and is silent, as a process that is stopped, it is dead when its heartbeat has stood
 * still for so long that it must have fenced itself, should it still be able to do anything.
 */
export class Peer {
  readonly #options: PeerOptions
  /** When it was asked what it answered last. */
  #answeredMs: number
  #heardMs: number
  #unheardPings = 0
  /** Pings are numbered: how many there were, and the last one of which something is known. */
  #asked = 0
  #known = 0
  #isLooking = false
  #trace: Trace | undefined

  constructor(options: PeerOptions) {
    this.#options = options
    // As if it had answered when this node came to know it.
    this.#answeredMs = options.clock.now()
    this.#heardMs = this.#answeredMs
  }

  get answeredMs(): number {
    return this.#answeredMs
  }

  /** It has asked this node something. */
  heard(): void {
    this.#heardMs = this.#options.clock.now()
    this.#trace = undefined
  }

  /** Asks it, and, if it is to be watched, draws the conclusions. To be called again and again. */
  tick(isWatched: boolean): void {
    // What was under way to a process that has ended is not answered, and must not hold this one up.
    void this.#ask(isWatched)
    const isSuspect = this.#options.clock.now() - this.#heardMs > SUSPECT_MS
    if (isWatched && isSuspect && !this.#isLooking) void this.#look()
  }

  async #ask(isWatched: boolean): Promise<void> {
    const { traffic, node, self, clock, onDead } = this.#options
    const number = ++this.#asked
    const askedMs = clock.now()
    const answer = await traffic.ping(node, self)
    if (number < this.#known) return
    this.#known = number
    const isUnheard = answer === 'nobody' || answer === 'moving'
    this.#unheardPings = isUnheard ? this.#unheardPings + 1 : 0
    const patience = answer === 'moving' ? UNHEARD_PINGS_MOVING : UNHEARD_PINGS
    if (answer === 'alive') {
      this.#answeredMs = askedMs
      this.heard()
    } else if (isWatched && this.#unheardPings >= patience) {
      onDead('nobody listens in its place')
    }
  }

  async #look(): Promise<void> {
    const { presence, node, clock, onDead } = this.#options
    this.#isLooking = true
    const askedMs = clock.now()
    try {
      const value = await presence.read(heartbeatKey(node))
      const trace = this.#trace
      if (trace === undefined || trace.value !== value) {
        this.#trace = { value, sinceMs: clock.now() }
      } else if (askedMs - trace.sinceMs > DEAD_MS) {
        onDead('it is silent, and its heartbeat stands still')
      }
    } catch {
      // Nothing can be said about it, and nothing could be done about it either.
    } finally {
      this.#isLooking = false
    }
  }
}
