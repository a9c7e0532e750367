import { runTraffic as runLoad } from '../../src/load/traffic.ts'
import { resetPeak } from '../brokers/process-tree.ts'
import { known, trafficFigures } from './figures.ts'
import type { JobResult, TrafficJob } from './job.ts'
import { takeSnapshot } from './snapshot.ts'

/** One measurement of traffic, and what it cost the broker's process. */
export async function runTraffic(job: TrafficJob): Promise<JobResult> {
  const { pid, shape } = job
  const { tally, moments, faults } = await runLoad(job, {
    snapshot: (counts) => takeSnapshot(counts, pid),
    onReady: () => {
      if (pid > 0) resetPeak(pid)
    },
  })
  const figures = trafficFigures(shape, tally, moments)
  const { residentMiB, peakMiB } = moments.end
  return { figures: known({ ...figures, residentMiB, peakMiB }), faults }
}
