// Sequences that nobody thought of: the same on both sides. What fails is made as short as it can be.
//
//     DIFFERENTIAL_SEED=… DIFFERENTIAL_RUNS=… npx vitest run --project differential interop/rabbitmq/random.test.ts

import * as fc from 'fast-check'
import { inject, test } from 'vitest'
import { sequences } from './random/operations.ts'
import { scenarioOf } from './random/play.ts'
import { playOnLeveret, playOnReference } from './stage/peers.ts'
import { comparable, sideBySide } from './verdict/judge.ts'
import { lineDifferences } from './verdict/line-differences.ts'

const reference = inject('reference')
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env['DIFFERENTIAL_RUNS'] ?? 40)
const isRecording = process.env['DIFFERENTIAL_RECORD'] !== undefined

/** Making a failure short takes many runs; then the shortest one so far is shown. */
const TIME_LIMIT_MS = 60_000

const isAlone = 'missing' in reference || isRecording
const why = 'missing' in reference ? `, skipped: ${reference.missing}` : ''

if (isAlone) {
  test.skipIf(isAlone)(`random sequences${why || ', skipped: this run records'}`, () => {})
} else {
  test(`random sequences are the same on both sides, with seed ${seed}`, {
    timeout: 2 * TIME_LIMIT_MS,
  }, async () => {
    let count = 0
    const play = async (operations: Parameters<typeof scenarioOf>[0]): Promise<void> => {
      const name = `random ${seed} ${++count}`
      const scenario = scenarioOf(operations)
      const rabbitmq = comparable(await playOnReference(reference, name, scenario), 'rabbitmq')
      const leveret = comparable(await playOnLeveret(name, scenario), 'leveret')
      const { rabbitmq: gone, leveret: come } = lineDifferences(rabbitmq, leveret)
      if (gone.length + come.length > 0) throw new Error(`\n${sideBySide(rabbitmq, leveret)}`)
    }
    // A second look tells a difference from a moment in which RabbitMQ was slow.
    const property = fc.asyncProperty(sequences, (operations) =>
      play(operations).catch(() => play(operations)),
    )
    await fc.assert(property, { seed, numRuns, interruptAfterTimeLimit: TIME_LIMIT_MS })
  })
}
