import type { FieldTable } from 'amqp-codec'
import type { Message } from '../message/message.ts'
import { weightNotInteger, weightNotPositive } from '../reasons.ts'
import type { Binding, Destination, ExchangeMatcher, MatchSink } from './exchange.ts'
import { type HashSource, hashSource, routingKeySource } from './hash-source.ts'
import { hashText, mixBits } from './text-hash.ts'

const INTEGER = /^[+-]?\d+$/

/**
 * `x-consistent-hash`: a message goes to one of the destinations, and messages with the same routing
 * key, header or property always to the same one; the binding key is the destination's weight.
 * https://www.rabbitmq.com/docs/consistent-hash-exchange
 *
 * By weighted rendezvous: each destination draws a number that depends on it and on what is hashed,
 * and the lowest wins. A number is distributed so that its weight is a destination's chance to win.
 * What comes wins its part from all others alike, what goes leaves its part to them, and nothing else
 * moves, which a ring or buckets would only come near to. Weights may be anything, and the order of
 * the bindings, which is another one after a restart, is of no account.
 */
export class ConsistentHashMatcher implements ExchangeMatcher {
  readonly stable: boolean
  readonly firstKeyOnly = true
  readonly #source: HashSource
  readonly #candidates = new Map<Destination, Candidate>()

  /** Throws 406 for arguments that do not say what to hash. */
  constructor(exchangeArguments: FieldTable) {
    this.#source = hashSource(exchangeArguments)
    this.stable = this.#source === routingKeySource
  }

  validate({ routingKey }: Binding): void {
    if (!INTEGER.test(routingKey)) throw weightNotInteger(routingKey)
    if (Number(routingKey) < 1) throw weightNotPositive()
  }

  add(binding: Binding): void {
    const { destination } = binding
    const candidate = this.#candidates.get(destination)
    if (candidate === undefined) this.#candidates.set(destination, new Candidate(binding))
    else candidate.bindings.push(binding)
  }

  remove(binding: Binding): void {
    const candidate = this.#candidates.get(binding.destination)
    if (candidate === undefined) return
    candidate.bindings.splice(candidate.bindings.indexOf(binding), 1)
    if (candidate.bindings.length === 0) this.#candidates.delete(binding.destination)
  }

  match(
    routingKey: string,
    headers: FieldTable | undefined,
    route: MatchSink,
    message?: Message,
  ): void {
    const hash = hashText(this.#source(routingKey, headers, message))
    let winner: Candidate | undefined
    let lowest = Number.POSITIVE_INFINITY
    for (const candidate of this.#candidates.values()) {
      const drawn = candidate.draw(hash)
      if (drawn >= lowest) continue
      lowest = drawn
      winner = candidate
    }
    if (winner !== undefined) route.addBinding(winner.bindings[0] as Binding)
  }
}

/** A destination, with its bindings in the order in which they came: the first has its weight. */
class Candidate {
  readonly bindings: Binding[]
  readonly #seed: number

  constructor(binding: Binding) {
    this.bindings = [binding]
    this.#seed = hashText(`${binding.destination.kind} ${binding.destination.name}`)
  }

  /** A number above 0: exponentially distributed, with the weight as its rate. */
  draw(hash: number): number {
    const uniform = (mixBits(hash ^ this.#seed) + 0.5) / 2 ** 32
    return -Math.log(uniform) / Number((this.bindings[0] as Binding).routingKey)
  }
}
