import { found, list } from '../answer.ts'
import type { Call } from '../call.ts'
import { diskFreeBytes } from '../disk-free.ts'
import { nodeJson, nodeMemoryJson } from '../json/node-json.ts'
import { type Route, routes } from '../route.ts'
import { assertThisNode } from '../this-node.ts'

export const NODES: readonly Route[] = routes('monitoring', {
  'GET /nodes': async (call) => list([await shown(call)]),
  'GET /nodes/:node': async (call) => {
    assertThisNode(call)
    return found(await shown(call))
  },
  'GET /nodes/:node/memory': (call) => {
    assertThisNode(call)
    return found(nodeMemoryJson(call.broker))
  },
})

async function shown(call: Call): Promise<object> {
  const { broker } = call
  const { churn_rates } = call.statisticsOf(broker)
  const churn = churn_rates as object
  return { ...nodeJson(broker, { diskFreeBytes: await diskFreeBytes(broker) }), ...churn }
}
