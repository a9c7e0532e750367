// Every scenario on a real RabbitMQ and on Leveret, and the two transcripts compared. Without a
// RabbitMQ, Leveret is compared with what one has said before.

import { describe, expect, inject, test } from 'vitest'
import { CATALOGUE, CONFIGURED, RESTARTS } from './catalogue.ts'
import { DIFFERENCES, EVERYWHERE } from './differences.ts'
import { NOT_YET } from './not-yet.ts'
import { playOnLeveret, playOnReference } from './stage/peers.ts'
import type { Scenario } from './stage/stage.ts'
import { compareTopic } from './verdict/compare-topic.ts'
import { seenEverywhere } from './verdict/judge.ts'

const reference = inject('reference')
const isRecorded = 'missing' in reference
const isRecording = process.env['DIFFERENTIAL_RECORD'] !== undefined

const isPartial = process.argv.includes('-t')

const names = [...CATALOGUE, ...CONFIGURED].flatMap(({ topic, scenarios }) =>
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

if (isRecorded) {
  test(`there is no RabbitMQ to compare with (${reference.missing})`, () => {
    expect(process.env['CI'], 'a build server must have one').toBeUndefined()
  })
}

const sides = {
  rabbitmq: isRecorded
    ? undefined
    : (name: string, scenario: Scenario) => playOnReference(reference, name, scenario),
  version: isRecorded ? undefined : reference.version,
  leveret: (name: string, scenario: Scenario) => playOnLeveret(name, scenario),
}

for (const topic of CATALOGUE) {
  describe.concurrent(topic.topic, () => compareTopic(topic, sides))
}

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
