// Before the tests of this project: the clients that Debian packages, where they can be had.

import type { TestProject } from 'vitest/node'
import type { Peer } from '../../test/support/debian-packages.ts'
import { installDebianPeers, type PeerName } from './debian-peers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    debianPeers: Record<PeerName, Peer>
  }
}

export default function setup(project: TestProject): void {
  project.provide('debianPeers', installDebianPeers())
}
