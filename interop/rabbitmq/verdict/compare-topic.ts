// The tests of a topic: each of its scenarios on both sides, or on Leveret and in the recordings.

import { afterAll, expect, test } from 'vitest'
import type { Scenario, Topic } from '../stage/stage.ts'
import { judge } from './judge.ts'
import { readRecording, writeRecording } from './recordings.ts'

export type Player = (name: string, scenario: Scenario) => Promise<readonly string[]>

export interface Sides {
  /** Undefined where there is no RabbitMQ. */
  readonly rabbitmq: Player | undefined
  /** Of that RabbitMQ. */
  readonly version: string | undefined
  readonly leveret: Player
}

const isRecording = process.env['DIFFERENTIAL_RECORD'] !== undefined

export function compareTopic({ topic, scenarios }: Topic, sides: Sides): void {
  const { rabbitmq: playOnRabbitmq, version = 'unknown', leveret: playOnLeveret } = sides
  const recording = readRecording(topic)
  const transcripts = new Map<string, readonly string[]>()
  for (const [name, scenario] of Object.entries(scenarios)) {
    const full = `${topic}: ${name}`
    if (playOnRabbitmq === undefined) {
      test(`${name} (RabbitMQ as recorded)`, async () => {
        const recorded = recording?.transcripts.get(name)
        expect(recorded, 'not recorded').toBeDefined()
        judge(full, recorded ?? [], await playOnLeveret(full, scenario))
      })
      continue
    }
    test(isRecording ? `${name} (only recorded)` : name, async () => {
      const rabbitmq = await playOnRabbitmq(full, scenario)
      expect(rabbitmq.join('\n'), 'RabbitMQ must get through').not.toMatch(/^!/m)
      transcripts.set(name, rabbitmq)
      if (isRecording) return
      if (recording?.version === version) {
        expect(rabbitmq, 'what RabbitMQ says is recorded').toEqual(recording.transcripts.get(name))
      }
      judge(full, rabbitmq, await playOnLeveret(full, scenario))
    })
  }
  if (playOnRabbitmq === undefined || !isRecording) return
  afterAll(() => {
    const inOrder = Object.keys(scenarios).flatMap((name) => {
      const transcript = transcripts.get(name)
      return transcript === undefined ? [] : [[name, transcript] as const]
    })
    // A run that was told to play only some scenarios keeps what is recorded of the others.
    const kept =
      Object.keys(scenarios).length === inOrder.length ? [] : (recording?.transcripts ?? [])
    writeRecording(topic, { version, transcripts: new Map([...kept, ...inOrder]) })
  })
}
