import { found, list } from '../answer.ts'
import type { Call } from '../call.ts'
import { diskFreeBytes } from '../disk-free.ts'
import { noSuchObject } from '../http-error.ts'
import { nodeJson, nodeMemoryJson } from '../json/node-json.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import { type Route, routes } from '../route.ts'

export const NODES: readonly Route[] = routes('monitoring', {
  'GET /nodes': async ({ broker }) => list([await shown(broker)]),
  'GET /nodes/:node': async (call) => {
    assertThis(call)
    return found(await shown(call.broker))
  },
  'GET /nodes/:node/memory': (call) => {
    assertThis(call)
    return found(nodeMemoryJson(call.broker))
  },
})

async function shown(broker: ManagedBroker): Promise<object> {
  return nodeJson(broker, { diskFreeBytes: await diskFreeBytes(broker) })
}

function assertThis(call: Call): void {
  if (call.param('node') !== call.broker.nodeName) throw noSuchObject()
}
