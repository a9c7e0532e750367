// Tests that need a client of Debian's. Where it is missing they are skipped, and say why; where all
// must be tested, in CI, that is a failure.

import { inject, test } from 'vitest'
import { notOurs } from './broker.ts'
import type { PeerName } from './debian-peers.ts'

/** Every test starts processes, which takes its time on a busy machine. */
export const PROCESS_TIMEOUT_MS = 60_000

export interface PeerTest {
  (name: string, run: () => Promise<void>): void
  /** For what restarts or alarms its broker, which it may only do to one of our own. */
  readonly ownBroker: (name: string, run: () => Promise<void>) => void
}

/** The `test` of a file that drives this client. */
export function peerTest(client: PeerName): PeerTest {
  const peer = inject('debianPeers')[client]
  const missing = 'missing' in peer ? peer.missing : undefined
  if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing)
  const unless =
    (reason: string | undefined): PeerTest['ownBroker'] =>
    (name, run) => {
      const suffix = reason === undefined ? '' : ` (skipped: ${reason})`
      test.skipIf(reason !== undefined)(name + suffix, run, PROCESS_TIMEOUT_MS)
    }
  return Object.assign(unless(missing), { ownBroker: unless(missing ?? notOurs) })
}
