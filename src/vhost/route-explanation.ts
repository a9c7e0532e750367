import { delayOf, withDelayOver } from '../delayed/delay-header.ts'
import { DELAYED_TYPE, DelayedMatcher } from '../delayed/delayed.ts'
import type { Binding, Destination, Exchange } from '../exchange/exchange.ts'
import { matchReason } from '../exchange/match-reason.ts'
import { copyKeys, routingKeysOf } from '../message/copy-keys.ts'
import type { Message } from '../message/message.ts'
import { withoutHeader } from '../message/rewritten.ts'
import { exchangeIsInternal } from '../reasons.ts'
import { RouteTrace } from './route-trace.ts'
import type { Vhost } from './vhost.ts'

export interface ExplainedBinding {
  readonly binding: Binding
  readonly isMatch: boolean
  readonly why: string
}

/** An exchange that the message comes to. */
export interface ExplainedStep {
  readonly exchange: Exchange
  /** How it comes there, unless it is published there. */
  readonly via?: 'binding' | 'alternate-exchange'
  /** How long it waits there first. */
  readonly delayMs?: number
  /** Those that match come first. */
  readonly bindings: readonly ExplainedBinding[]
}

export interface RouteExplanation {
  /** Whether a message that is mandatory would not come back. */
  readonly isRouted: boolean
  /** Why no queue would get it. */
  readonly reason?: string
  readonly steps: readonly ExplainedStep[]
  readonly queueNames: readonly string[]
  /** Whether there is more than is told. */
  readonly isTruncated: boolean
}

/** So many steps are told of, and so many bindings. */
const MOST = 1000

/**
 * What would become of a message, and why: the exchanges are asked just as they are when one is
 * published, and one that is delayed is followed on from where it waits. Nothing changes by it. Throws
 * what publishing throws to an exchange that is not there, 404, and for headers that it refuses, 406.
 */
export function explainRoute(vhost: Vhost, message: Message): RouteExplanation {
  const { exchange: name, routingKey } = message.address
  const exchange = vhost.exchanges.get(name)
  if (exchange.internal) {
    const reason = exchangeIsInternal(name, vhost.name).replyText
    return { isRouted: false, reason, steps: [], queueNames: [], isTruncated: false }
  }
  const keys = routingKeysOf(routingKey, message.headers)
  return new Explanation(vhost).tell(exchange, keys, message)
}

class Explanation {
  readonly #vhost: Vhost
  readonly #steps: ExplainedStep[] = []
  readonly #queueNames = new Set<string>()
  #room = MOST
  #isTruncated = false

  constructor(vhost: Vhost) {
    this.#vhost = vhost
  }

  tell(exchange: Exchange, keys: readonly string[], message: Message): RouteExplanation {
    const { queues } = this.#follow(exchange, keys, message, {})
    const queueNames = [...this.#queueNames]
    return {
      isRouted: queues.length > 0,
      ...(queueNames.length === 0 ? { reason: this.#reason(keys) } : {}),
      steps: this.#steps,
      queueNames,
      isTruncated: this.#isTruncated,
    }
  }

  #follow(
    from: Exchange,
    keys: readonly string[],
    message: Message,
    how: Pick<ExplainedStep, 'via' | 'delayMs'>,
  ): RouteTrace {
    const { headers } = message
    const trace = new RouteTrace()
    this.#vhost.route(from, keys, headers, message, trace)
    for (const exchange of trace.exchanges) {
      const via = trace.alternates.has(exchange) ? 'alternate-exchange' : 'binding'
      const came = exchange === from ? how : ({ via } as const)
      const delayMs = exchange.matcher instanceof DelayedMatcher ? delayOf(headers) : 0
      if (delayMs > 0) this.#release(exchange, message, { ...came, delayMs })
      else
        this.#addStep({
          exchange,
          ...came,
          bindings: this.#bindings(exchange, trace, keys, message),
        })
    }
    for (const { name } of trace.queues) if (name !== '') this.#queueNames.add(name)
    return trace
  }

  /** As what keeps it does when the time is over: blind copies are not known any more. */
  #release(
    exchange: Exchange,
    message: Message,
    how: Pick<ExplainedStep, 'via' | 'delayMs'>,
  ): void {
    const late = withDelayOver(withoutHeader(message, 'BCC'))
    const keys = [late.address.routingKey, ...copyKeys(late.headers)]
    this.#follow(exchange, keys, late, how)
  }

  #addStep(step: ExplainedStep): void {
    if (this.#steps.length < MOST) this.#steps.push(step)
    else this.#isTruncated = true
  }

  #bindings(
    exchange: Exchange,
    { matched, unbound }: RouteTrace,
    keys: readonly string[],
    { headers }: Message,
  ): ExplainedBinding[] {
    if (exchange.name === '') {
      return Array.from(unbound, (destination) => toQueue(exchange, destination))
    }
    const { matcher } = exchange
    const routingKeys = matcher.firstKeyOnly ? keys.slice(0, 1) : keys
    const all = this.#vhost.bindingsFrom(exchange)
    const isMatch = (binding: Binding): boolean => matched.has(binding)
    const sorted = [...all.filter(isMatch), ...all.filter((binding) => !isMatch(binding))]
    const shown = sorted.slice(0, this.#room)
    if (shown.length < all.length) this.#isTruncated = true
    this.#room -= shown.length
    const common = { type: typeOf(exchange), routingKeys, headers }
    return shown.map((binding) => {
      const match = { ...common, binding, isMatch: isMatch(binding) }
      return { binding, isMatch: match.isMatch, why: matchReason(match) }
    })
  }

  /** Why there is no queue at the end. */
  #reason(keys: readonly string[]): string {
    const missing = this.#steps.flatMap(({ exchange, bindings }) => {
      const { alternateExchange: name } = exchange
      const isWanted = name && bindings.every(({ isMatch }) => !isMatch)
      return isWanted && this.#vhost.exchanges.find(name) === undefined ? [name] : []
    })
    const named = keys.map((key) => `'${key}'`).join(', ')
    if (this.#steps[0]?.exchange.name === '') return `no queue is called ${named}`
    if (missing.length > 0)
      return `no binding matches, and no alternate exchange '${missing[0]}' is there`
    const isSomewhere = this.#steps.some(({ bindings }) => bindings.some(({ isMatch }) => isMatch))
    return isSomewhere ? 'the bindings that match lead to no queue' : 'no binding matches'
  }
}

/** A queue's binding to the default exchange, which is nowhere but here. */
function toQueue(source: Exchange, destination: Destination): ExplainedBinding {
  const binding = { source, destination, routingKey: destination.name, arguments: new Map() }
  return { binding, isMatch: true, why: 'every queue is bound to the default exchange by its name' }
}

/** How it routes in the end. */
function typeOf({ matcher, type, arguments: given }: Exchange): string {
  const delayed = matcher instanceof DelayedMatcher ? given.get(DELAYED_TYPE) : undefined
  return delayed?.type === 'S' ? delayed.value : type
}
