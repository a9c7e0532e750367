import type { ExplainedStep, RouteExplanation } from '../../vhost/route-explanation.ts'
import { bindingJson, shownBinding } from './binding-json.ts'

/** Where a message would go, as a list of exchanges with what each of their bindings says to it. */
export function explanationJson(vhost: string, explanation: RouteExplanation): object {
  const { isRouted, reason, steps, queueNames, isTruncated } = explanation
  return {
    routed: isRouted,
    ...(reason === undefined ? {} : { reason }),
    steps: steps.map((step) => stepJson(vhost, step)),
    queues: queueNames,
    ...(isTruncated ? { truncated: true } : {}),
  }
}

function stepJson(vhost: string, { exchange, via, delayMs, bindings }: ExplainedStep): object {
  return {
    exchange: exchange.name,
    type: exchange.type,
    ...(via === undefined ? {} : { via }),
    ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
    bindings: bindings.map(({ binding, isMatch, why }) => ({
      ...bindingJson(vhost, shownBinding(binding)),
      matched: isMatch,
      why,
    })),
  }
}
