// What is left after a broker has ended and begun again: the same on a real RabbitMQ and on Leveret.

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { RESTARTS } from './catalogue.ts'
import { DIFFERENCES } from './differences.ts'
import { restartLeveret, restartReference } from './restarts/peers.ts'
import type { RestartTopic } from './restarts/restart.ts'
import { judge } from './verdict/judge.ts'
import { readRecording, writeRecording } from './verdict/recordings.ts'

const reference = inject('reference')
const isRecording = process.env['DIFFERENTIAL_RECORD'] !== undefined
const isRecorded = 'missing' in reference

type Transcripts = ReadonlyMap<string, readonly string[]>

const restarts = new Map(
  RESTARTS.flatMap(({ topic, scenarios }) =>
    Object.entries(scenarios).map(([name, restart]) => [`${topic}: ${name}`, restart] as const),
  ),
)

/** Two starts of a RabbitMQ on a busy machine, and all that is played. */
const PATIENCE_MS = 300_000

describe('restarts', () => {
  let rabbitmq: Transcripts = new Map()
  let leveret: { readonly closed: Transcripts; readonly killed: Transcripts }

  beforeAll(async () => {
    const [theirs, ours] = await Promise.all([
      isRecorded ? undefined : restartReference(restarts),
      isRecording ? undefined : restartLeveret(restarts),
    ])
    if (theirs !== undefined) rabbitmq = theirs.transcripts
    if (ours !== undefined) leveret = ours
  }, PATIENCE_MS)

  for (const topic of RESTARTS) describe(topic.topic, () => compare(topic))

  function compare({ topic, scenarios }: RestartTopic): void {
    const recording = readRecording(topic)
    const said = (name: string): readonly string[] =>
      (isRecorded ? recording?.transcripts.get(name) : rabbitmq.get(`${topic}: ${name}`)) ?? []

    for (const [name, { meanwhile }] of Object.entries(scenarios)) {
      test(name + how(), () => {
        expect(said(name), 'RabbitMQ has said something').not.toEqual([])
        expect(said(name).join('\n'), 'RabbitMQ must get through').not.toMatch(/^!/m)
        if (isRecording) return
        if (!isRecorded && recording?.version === reference.version) {
          const recorded = recording.transcripts.get(name)
          expect(said(name), 'what RabbitMQ says is recorded').toEqual(recorded)
        }
        judge(`${topic}: ${name}`, said(name), leveret.closed.get(`${topic}: ${name}`) ?? [])
      })
      // Who is killed tells nobody.
      if (meanwhile !== undefined || isRecording) continue
      test(`${name}, killed${how()}`, () => {
        const full = `${topic}: ${name}`
        const killed = `${full}, killed`
        // Most differences are there in either case.
        const isOther = DIFFERENCES.some(({ scenario }) => scenario === killed)
        judge(isOther ? killed : full, said(name), leveret.killed.get(full) ?? [])
      })
    }
    if (isRecorded || !isRecording) return
    afterAll(() => {
      const transcripts = new Map(Object.keys(scenarios).map((name) => [name, said(name)]))
      writeRecording(topic, { version: reference.version, transcripts })
    })
  }
})

function how(): string {
  if (isRecorded) return ' (RabbitMQ as recorded)'
  return isRecording ? ' (only recorded)' : ''
}
