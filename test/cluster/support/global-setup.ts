// Before the tests of this project: nats-server, where it can be had, and three of them that run.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { NatsCluster } from '../../../scripts/nats/nats-cluster.ts'
import { installDebianPrograms } from '../../support/debian-packages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    natsUrls: string[]
    /** Why there are none, if there are none. */
    natsMissing: string | undefined
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const peer = installDebianPrograms({ nats: ['nats-server'] }).nats
  const missing = 'missing' in peer ? peer.missing : undefined
  project.provide('natsMissing', missing)
  project.provide('natsUrls', [])
  if (missing !== undefined) return async () => {}
  const directory = mkdtempSync(join(tmpdir(), 'leveret-test-'))
  const cluster = await NatsCluster.start({ directory, user: 'test', password: 'test' })
  project.provide('natsUrls', cluster.urls)
  return async () => {
    await cluster.stop('SIGKILL')
    rmSync(directory, { recursive: true })
  }
}
