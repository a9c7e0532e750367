import type { Tally } from '../../src/load/tally.ts'
import type { Moments } from '../../src/load/traffic.ts'
import type { TrafficShape } from '../../src/load/traffic-load.ts'
import type { Figures } from './job.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * The figures of one measurement. CPU is reckoned from the warmup to the very
 * end, over all messages between, so that work put off is counted too;
 * throughput only for as long as publishing went on.
 */
export function trafficFigures(
  shape: Pick<TrafficShape, 'producers' | 'consumers' | 'ratePerSec'>,
  tally: Tally,
  moments: Moments<Snapshot>,
): Figures {
  const { begin, stopped, published, end } = moments
  const counted = shape.consumers > 0 ? 'consumed' : 'published'
  const last = shape.consumers > 0 ? (stopped ?? end) : published
  const messages =
    shape.producers > 0 ? end.published - begin.published : end.consumed - begin.consumed
  const seconds = (end.atUs - begin.atUs) / 1e6
  const serverSec = end.serverCpuSec - begin.serverCpuSec
  const ownSec = end.ownCpuSec - begin.ownCpuSec
  const machineSec = end.machineCpuSec - begin.machineCpuSec
  return known({
    messagesPerSec: ((last[counted] - begin[counted]) / (last.atUs - begin.atUs)) * 1e6,
    cpuUs: (serverSec / messages) * 1e6,
    latencyP50Us: tally.latency.quantile(0.5),
    latencyP99Us: tally.latency.quantile(0.99),
    confirmP50Us: tally.confirmLatency.quantile(0.5),
    confirmP99Us: tally.confirmLatency.quantile(0.99),
    generatorUs: (ownSec / messages) * 1e6,
    generatorLoad: ownSec / seconds,
    otherCores: Math.max(0, (machineSec - serverSec - ownSec) / seconds),
    lateMaxUs: shape.ratePerSec > 0 ? tally.lateMaxUs : undefined,
  })
}

/** Without the figures that could not be taken. */
export function known(figures: { [Name in keyof Figures]: Figures[Name] | undefined }): Figures {
  return Object.fromEntries(
    Object.entries(figures).filter(([, value]) => value !== undefined && Number.isFinite(value)),
  )
}
