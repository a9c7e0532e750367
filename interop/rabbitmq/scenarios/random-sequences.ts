// Some of the sequences that random clients play, always the same ones: those of one seed.

import * as fc from 'fast-check'
import { sequences } from '../random/operations.ts'
import { scenarioOf } from '../random/play.ts'
import type { Topic } from '../stage/stage.ts'

const COUNT = 30

const samples = fc.sample(sequences, { seed: 3108, numRuns: COUNT })

export const randomSequences: Topic = {
  topic: 'random sequences',
  scenarios: Object.fromEntries(
    samples.map((operations, index) => [`sequence ${index + 1}`, scenarioOf(operations)]),
  ),
}
