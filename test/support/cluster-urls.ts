import { inject } from 'vitest'

/** Whether the tests of this project are run on a cluster: vitest.config.ts says so. */
export const isOnCluster: boolean = process.env['ON_CLUSTER'] !== undefined

/** The nodes of that cluster, which serve; undefined where tests are not run on one. */
export async function clusterUrls(): Promise<string[] | undefined> {
  if (!isOnCluster) return undefined
  const cluster = inject('clusterOnDemand')
  if (cluster === undefined || 'missing' in cluster) return undefined
  const answer = await fetch(cluster.address)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return JSON.parse(text)
}
