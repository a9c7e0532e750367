// What nodes say is stored must be there, whatever is done to them and to the NATS servers. A short
// form; for the long one, CLUSTER_ROUNDS says how often everything is set up anew and hurt at random:
//
//     CLUSTER_ROUNDS=50 npm test -- --project cluster faults

import { it } from 'vitest'
import { type Fault, nodeFaults, serverFaults } from './faults/faults.ts'
import { Stage } from './faults/stage.ts'
import { natsTest } from './support/nats-test.ts'

const ROUNDS = Number(process.env['CLUSTER_ROUNDS'] ?? 0)
const SEED = Number(process.env['CLUSTER_SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const FAULTS_A_ROUND = 6
const ROUND_TIMEOUT_MS = 300_000
/** How long something stays hurt: longer than it takes to be noticed, and to be done with. */
const HURT_MS = 2000
const HEALED_MS = 1000

const nats = natsTest()
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function withStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.build()
  try {
    await run(stage)
    await stage.check()
  } finally {
    await stage.clear()
  }
}

async function undergo(stage: Stage, { hurt, heal }: Fault): Promise<void> {
  await hurt()
  await pass(HURT_MS)
  await stage.progress()
  await heal()
  await pass(HEALED_MS)
  // Two servers that are hurt at a time would be no majority.
  await stage.nats.ready()
  await stage.progress()
}

/** Numbers that look random and are the same for the same seed. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state >>> 8
  }
}

nats.describe(`a cluster that is hurt (CLUSTER_SEED=${SEED})`, () => {
  it(
    'has everything that was confirmed, in order, and nothing that a fenced owner wrote late',
    () =>
      withStage(async (stage) => {
        const [a, b] = stage.nodes as [Stage['nodes'][0], Stage['nodes'][0]]
        const [killed] = nodeFaults(a) as [Fault]
        const [, stopped] = nodeFaults(b) as [Fault, Fault]
        const [, serverKilled] = serverFaults(stage, SEED) as [Fault, Fault]
        for (const fault of [killed, stopped, serverKilled]) await undergo(stage, fault)
      }),
    ROUND_TIMEOUT_MS,
  )

  const random = randomNumbers(SEED)
  for (let round = 1; round <= ROUNDS; round++) {
    const choices = Array.from({ length: FAULTS_A_ROUND }, () => random.next().value)
    it(
      `has it in round ${round}, too`,
      () =>
        withStage(async (stage) => {
          for (const choice of choices) {
            const index = choice >>> 8
            const node = stage.nodes[index % stage.nodes.length]
            if (node === undefined) throw new Error('there is no node')
            const faults = [...nodeFaults(node), ...serverFaults(stage, index)]
            const fault = faults[choice % faults.length] as Fault
            await undergo(stage, fault).catch((error) => {
              throw new Error(`after this: ${fault.name}`, { cause: error })
            })
          }
        }),
      ROUND_TIMEOUT_MS,
    )
  }
})
