// Before the tests of projects that run on a cluster: one for all of them, where it can be had.

import type { TestProject } from 'vitest/node'
import { installDebianPrograms } from '../../../support/debian-packages.ts'
import { ClusterOnDemand } from './cluster-on-demand.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `ClusterOnDemand` listens, or why there is none. */
    clusterOnDemand: { readonly address: string } | { readonly missing: string } | undefined
  }
}

export default async function setup({ vitest }: TestProject): Promise<() => Promise<void>> {
  const nobody = async (): Promise<void> => {}
  if (vitest.getProvidedContext().clusterOnDemand !== undefined) return nobody
  const { nats } = installDebianPrograms({ nats: ['nats-server'] })
  if ('missing' in nats) {
    vitest.provide('clusterOnDemand', { missing: nats.missing })
    return nobody
  }
  const cluster = await ClusterOnDemand.open()
  vitest.provide('clusterOnDemand', { address: cluster.address })
  return () => cluster.close()
}
