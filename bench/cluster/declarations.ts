import { IDLE_SIZE } from '../../src/load/link.ts'
import { Session } from '../../src/load/session.ts'
import { declareQueue } from '../../src/load/topology.ts'
import type { Target } from '../../src/load/traffic-load.ts'
import type { RunningCluster } from './running-cluster.ts'

/** With each node. */
const CONNECTIONS = 8
/** Who is slower than that is measured by what it has done. */
const PATIENCE_MS = 60_000

export interface Declared {
  readonly queues: number
  readonly seconds: number
}

/**
 * Declares so many durable queues, over all nodes: each connection one after the other, as clients do
 * that wait for the answer.
 */
export async function measureDeclarations(
  { targets }: RunningCluster,
  count: number,
  queueType?: 'quorum',
): Promise<Declared> {
  const nodes = Array.from({ length: CONNECTIONS * targets.length }, (_, index) => {
    return targets[index % targets.length] as Target
  })
  const sessions = await Promise.all(nodes.map((node) => Session.open(node, IDLE_SIZE)))
  const startedMs = performance.now()
  const passedMs = (): number => performance.now() - startedMs
  let begun = 0
  let done = 0
  const declare = async (session: Session): Promise<void> => {
    while (begun < count && passedMs() < PATIENCE_MS) {
      const type = queueType === undefined ? {} : { queueType }
      await declareQueue(session, `many-${begun++}`, { persistent: true, priorities: 0, ...type })
      done++
    }
  }
  await Promise.all(sessions.map(declare))
  const seconds = passedMs() / 1000
  await Promise.all(sessions.map((session) => session.close()))
  return { queues: done, seconds }
}
