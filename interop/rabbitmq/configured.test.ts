// Scenarios with brokers that are configured in another way than the others'.

import { afterAll, beforeAll, describe, inject } from 'vitest'
import { CONFIGURED } from './catalogue.ts'
import { LEVERET_SETTINGS, RABBITMQ_SETTINGS } from './configured/limits.ts'
import { ReferenceNode } from './reference/node.ts'
import { playOnLeveret, playOnReference } from './stage/peers.ts'
import { compareTopic, type Player } from './verdict/compare-topic.ts'

const reference = inject('reference')
const isRecorded = 'missing' in reference

const START_PATIENCE_MS = 120_000

describe('settings', () => {
  let node: ReferenceNode

  if (!isRecorded) {
    beforeAll(async () => {
      node = await ReferenceNode.start(RABBITMQ_SETTINGS)
    }, START_PATIENCE_MS)
    afterAll(() => node.stop())
  }

  const rabbitmq: Player = (name, scenario) => playOnReference(node.reference, name, scenario)
  const sides = {
    rabbitmq: isRecorded ? undefined : rabbitmq,
    version: isRecorded ? undefined : reference.version,
    leveret: ((name, scenario) => playOnLeveret(name, scenario, LEVERET_SETTINGS)) as Player,
  }
  for (const topic of CONFIGURED) {
    describe.concurrent(topic.topic, () => compareTopic(topic, sides))
  }
})
