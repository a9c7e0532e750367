// Clients of all nodes of a cluster must see what they are promised, whatever is done to the nodes and
// to the NATS servers. A short form; for the long one, CLUSTER_ROUNDS says how often everything is set
// up anew and hurt at random:
//
//     CLUSTER_ROUNDS=50 npm test -- --project cluster faults-and-clients
//
// And CLUSTER_KILLS says how often a node is killed to see how soon the clients of the others go on.
//
// Nodes are cut off by network namespaces, which takes root; nobody is cut off where there are none.

import { loadavg } from 'node:os'
import { it } from 'vitest'
import { Random } from '../crash/traffic/random.ts'
import {
  anyFault,
  type ClientFault,
  cutOff,
  killed,
  paused,
  serverGone,
  undergo,
} from './clients/client-faults.ts'
import { ClientStage, type StageNode } from './clients/client-stage.ts'
import { natsTest } from './support/nats-test.ts'
import { whyNoNetworks } from './support/node-network.ts'

const ROUNDS = Number(process.env['CLUSTER_ROUNDS'] ?? 0)
const KILLS = Number(process.env['CLUSTER_KILLS'] ?? 0)
const SEED = Number(process.env['CLUSTER_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const FAULTS_A_ROUND = 8
const ROUND_TIMEOUT_MS = 600_000
const KILL_TIMEOUT_MS = 30_000
/** Within which clients should go on when a node is killed. */
const SOON_MS = 1000

const nats = natsTest()
const missing = whyNoNetworks()
const without = missing === undefined ? '' : `, nobody cut off: ${missing}`

async function withStage(
  seed: number,
  faultsOf: (stage: ClientStage) => Generator<ClientFault>,
): Promise<number[]> {
  const stage = await ClientStage.build({ seed, isCuttable: missing === undefined })
  const gapsMs: number[] = []
  try {
    for (const fault of faultsOf(stage)) {
      const gapMs = await undergo(stage, fault)
      gapsMs.push(gapMs)
      report(`${Math.round(gapMs)} ms without a confirm when ${fault.name}`)
    }
    await stage.check()
    report(JSON.stringify(stage.counts))
    return gapsMs
  } catch (error) {
    // What clients saw may say why they wait.
    stage.violations.assertNone(error)
    throw error
  } finally {
    await stage.clear()
  }
}

const report = (line: string): void => void process.stderr.write(`${line}\n`)

nats.describe(`clients of a cluster that is hurt (CLUSTER_SEED=${SEED}${without})`, () => {
  it(
    'get every confirmed message, once and in order, over the connections to nodes that live',
    () =>
      withStage(SEED, function* (stage) {
        const [a, b, c] = stage.nodes as [StageNode, StageNode, StageNode]
        yield killed(a)
        yield paused(b)
        yield serverGone(stage, SEED % 3, 'SIGKILL')
        if (c.network !== undefined) yield cutOff(c)
      }),
    ROUND_TIMEOUT_MS,
  )

  const measured = (): void =>
    it(
      'go on soon when a node is killed',
      async () => {
        const gapsMs = await withStage(SEED, function* (stage) {
          for (let kill = 0; kill < KILLS; kill++) yield killed(stage.nodes[kill % 3] as StageNode)
        })
        const soon = gapsMs.filter((gapMs) => gapMs <= SOON_MS)
        report(`${soon.length} of ${KILLS} times within ${SOON_MS} ms; ${loadavg()[0]} is the load`)
      },
      ROUND_TIMEOUT_MS + KILLS * KILL_TIMEOUT_MS,
    )
  if (KILLS > 0) measured()

  const random = new Random(SEED)
  for (let round = 1; round <= ROUNDS; round++) {
    const choices = random.fork()
    it(
      `do in round ${round}, too`,
      () =>
        withStage(SEED + round, function* (stage) {
          for (let count = 0; count < FAULTS_A_ROUND; count++) yield anyFault(stage, choices)
        }),
      ROUND_TIMEOUT_MS,
    )
  }
})
