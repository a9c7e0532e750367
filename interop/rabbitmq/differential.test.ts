// Every scenario on a real RabbitMQ and on Leveret, and the two transcripts compared. Without a
// RabbitMQ, Leveret is compared with what one has said before.

import { afterAll, describe, expect, inject, test } from 'vitest'
import { CATALOGUE, RESTARTS } from './catalogue.ts'
import { DIFFERENCES, EVERYWHERE } from './differences.ts'
import { NOT_YET } from './not-yet.ts'
import { playOnLeveret, playOnReference } from './stage/peers.ts'
import type { Topic } from './stage/stage.ts'
import { judge, seenEverywhere } from './verdict/judge.ts'
import { readRecording, writeRecording } from './verdict/recordings.ts'

const reference = inject('reference')
const isRecording = process.env['DIFFERENTIAL_RECORD'] !== undefined

const isPartial = process.argv.includes('-t')

const names = CATALOGUE.flatMap(({ topic, scenarios }) =>
  Object.keys(scenarios).map((name) => `${topic}: ${name}`),
)

/** Played elsewhere, with differences in the same tables. */
const withRestart = RESTARTS.flatMap(({ topic, scenarios }) =>
  Object.keys(scenarios).flatMap((name) => [`${topic}: ${name}`, `${topic}: ${name}, killed`]),
)

test('each scenario has a name of its own', () => {
  expect(new Set(names).size).toBe(names.length)
  expect(new Set(withRestart).size).toBe(withRestart.length)
})

test('the tables of differences are about scenarios that there are', () => {
  const named = [...NOT_YET, ...DIFFERENCES.map(({ scenario }) => scenario)]
  const known = [...names, ...withRestart]
  expect(named.filter((name) => !known.includes(name))).toEqual([])
})

if ('missing' in reference) {
  test(`there is no RabbitMQ to compare with (${reference.missing})`, () => {
    expect(process.env['CI'], 'a build server must have one').toBeUndefined()
  })
}

for (const topic of CATALOGUE) describe.concurrent(topic.topic, () => compare(topic))

// After all the others: it looks at what they have seen.
describe('differences everywhere', () => {
  test.skipIf(isRecording || isPartial)(
    `are still there${isPartial ? ' (skipped: only some scenarios are played)' : ''}`,
    () => {
      const gone = EVERYWHERE.filter(({ what }) => !seenEverywhere.has(what))
      expect(gone.map(({ what }) => what)).toEqual([])
    },
  )
})

function compare({ topic, scenarios }: Topic): void {
  const recording = readRecording(topic)
  const transcripts = new Map<string, readonly string[]>()
  for (const [name, scenario] of Object.entries(scenarios)) {
    const full = `${topic}: ${name}`
    if ('missing' in reference) {
      test(`${name} (RabbitMQ as recorded)`, async () => {
        const recorded = recording?.transcripts.get(name)
        expect(recorded, 'not recorded').toBeDefined()
        judge(full, recorded ?? [], await playOnLeveret(full, scenario))
      })
      continue
    }
    test(isRecording ? `${name} (only recorded)` : name, async () => {
      const rabbitmq = await playOnReference(reference, full, scenario)
      expect(rabbitmq.join('\n'), 'RabbitMQ must get through').not.toMatch(/^!/m)
      transcripts.set(name, rabbitmq)
      if (isRecording) return
      if (recording?.version === reference.version) {
        expect(rabbitmq, 'what RabbitMQ says is recorded').toEqual(recording.transcripts.get(name))
      }
      judge(full, rabbitmq, await playOnLeveret(full, scenario))
    })
  }
  if ('missing' in reference || !isRecording) return
  afterAll(() => {
    const inOrder = Object.keys(scenarios).flatMap((name) => {
      const transcript = transcripts.get(name)
      return transcript === undefined ? [] : [[name, transcript] as const]
    })
    // A run that was told to play only some scenarios keeps what is recorded of the others.
    const kept =
      Object.keys(scenarios).length === inOrder.length ? [] : (recording?.transcripts ?? [])
    writeRecording(topic, {
      version: reference.version,
      transcripts: new Map([...kept, ...inOrder]),
    })
  })
}
