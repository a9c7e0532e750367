// Before each test file of a project that runs on a cluster: where there is none, its tests are skipped,
// and say why; where all must be tested, in CI, that is a failure.

import { beforeEach, inject } from 'vitest'

const cluster = inject('clusterOnDemand')
if (cluster !== undefined && 'missing' in cluster) {
  const { missing } = cluster
  if (process.env['CI'] === 'true') throw new Error(missing)
  beforeEach(({ skip }) => skip(missing))
}
