// The two sides of scenarios with a restart. Leveret comes back twice: after it was closed, and on
// what was on the disk before that, which is what a process that is killed leaves behind.

import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Broker } from '../../../src/index.ts'
import { Management } from '../reference/management.ts'
import { ReferenceNode } from '../reference/node.ts'
import { LeveretAdministration } from '../stage/leveret-administration.ts'
import { LEVERET_PATIENCE_MS, REFERENCE_PATIENCE_MS } from '../stage/peers.ts'
import { type Half, playAfter, playBefore, playMeanwhile, type Running } from './play.ts'
import type { Restart } from './restart.ts'

type Transcripts = ReadonlyMap<string, readonly string[]>

/** It has a RabbitMQ of its own, for others are using that of the run. */
export async function restartReference(
  restarts: ReadonlyMap<string, Restart>,
): Promise<{ readonly version: string; readonly transcripts: Transcripts }> {
  const node = await ReferenceNode.start()
  try {
    const running: Running = {
      port: node.reference.port,
      patienceMs: REFERENCE_PATIENCE_MS,
      administrationOf: (virtualHost) => new Management(node.reference, virtualHost),
    }
    const halves = await playBefore(running, restarts)
    await node.stopServer()
    await playMeanwhile(halves)
    await node.startServer()
    const transcripts = await playAfter(running, halves)
    return { version: node.reference.version, transcripts }
  } finally {
    await node.stop()
  }
}

export async function restartLeveret(
  restarts: ReadonlyMap<string, Restart>,
): Promise<{ readonly closed: Transcripts; readonly killed: Transcripts }> {
  const directory = mkdtempSync(join(tmpdir(), 'leveret-restarts-'))
  const [dataDir, copy] = [join(directory, 'data'), join(directory, 'copy')]
  try {
    const first = await start(dataDir)
    let halves: Half[]
    try {
      halves = await playBefore(runningLeveret(first), restarts)
      cpSync(dataDir, copy, { recursive: true })
    } finally {
      await first.close()
    }
    await playMeanwhile(halves)
    const play = async (directoryAfter: string): Promise<Transcripts> => {
      const broker = await start(directoryAfter)
      try {
        return await playAfter(runningLeveret(broker), halves)
      } finally {
        await broker.close()
      }
    }
    return { closed: await play(dataDir), killed: await play(copy) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function start(dataDir: string): Promise<Broker> {
  // Loaded here and not above: a recording of RabbitMQ needs nothing of Leveret.
  const { createBroker } = await import('../../../src/index.ts')
  // Clients of which nobody answers for are not waited for.
  return createBroker({ port: 0, dataDir, shutdownTimeoutMs: 1 })
}

function runningLeveret(broker: Broker): Running {
  return {
    port: broker.port,
    patienceMs: LEVERET_PATIENCE_MS,
    administrationOf: (virtualHost) => new LeveretAdministration(broker, virtualHost),
  }
}
