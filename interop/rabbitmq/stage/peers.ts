// The two sides. Each scenario has a virtual host of its own on a RabbitMQ that all share, and a
// Leveret of its own.

import { createHash } from 'node:crypto'
import type { BrokerOptions } from '../../../src/index.ts'
import { Management } from '../reference/management.ts'
import type { Reference } from '../reference/node.ts'
import { LeveretAdministration } from './leveret-administration.ts'
import { type Scenario, Stage } from './stage.ts'
import { Transcript } from './transcript.ts'

/** A loaded machine; what does not come at all is a mistake in the scenario. */
export const REFERENCE_PATIENCE_MS = 20_000
export const LEVERET_PATIENCE_MS = 5000

/** What RabbitMQ says in a scenario. */
export async function playOnReference(
  reference: Reference,
  name: string,
  scenario: Scenario,
): Promise<string[]> {
  const virtualHost = virtualHostOf(name)
  const administration = new Management(reference, virtualHost)
  await administration.addVirtualHost()
  const transcript = new Transcript(virtualHost)
  const { port } = reference
  const patienceMs = REFERENCE_PATIENCE_MS
  try {
    await new Stage({ port, virtualHost, transcript, patienceMs, administration }).play(scenario)
    return transcript.lines
  } finally {
    await administration.removeVirtualHost()
  }
}

/** What Leveret says in a scenario. */
export async function playOnLeveret(
  name: string,
  scenario: Scenario,
  settings: BrokerOptions = {},
): Promise<string[]> {
  const virtualHost = virtualHostOf(name)
  // Loaded here and not above: a recording of RabbitMQ needs nothing of Leveret.
  const { createBroker } = await import('../../../src/index.ts')
  const broker = await createBroker({
    ...settings,
    port: 0,
    dataDir: 'none',
    defaultVhost: virtualHost,
  })
  try {
    const { port } = broker
    const administration = new LeveretAdministration(broker, virtualHost)
    const transcript = new Transcript(virtualHost)
    const patienceMs = LEVERET_PATIENCE_MS
    await new Stage({ port, virtualHost, transcript, patienceMs, administration }).play(scenario)
    return transcript.lines
  } finally {
    await broker.close()
  }
}

/** The same on both sides and in every run, and of one length: some texts are cut where they are long. */
export function virtualHostOf(name: string): string {
  return `v${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
