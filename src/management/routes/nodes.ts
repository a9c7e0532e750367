import { allNodes, shownNode } from '../all-nodes.ts'
import { found, list } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import type { KnownNode } from '../managed-cluster.ts'
import { type Route, routes } from '../route.ts'

export const NODES: readonly Route[] = routes('monitoring', {
  'GET /nodes': async (call) => list((await allNodes(call)).map(shownNode)),
  'GET /nodes/:node': async (call) => found(shownNode(await named(call))),
  'GET /nodes/:node/memory': async (call) => {
    const { isRunning, facts } = await named(call)
    return found(isRunning && facts !== undefined ? facts.memory : { memory: 'not_available' })
  },
})

/** The node that the path names. Throws 404. */
async function named(call: Call): Promise<KnownNode> {
  const node = (await allNodes(call)).find(({ name }) => name === call.param('node'))
  if (node === undefined) throw noSuchObject()
  return node
}
