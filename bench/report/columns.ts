// Which figures a table shows, by the kind of work.

import type { FigureName } from '../load/job.ts'
import type { Step, Work } from '../scenario.ts'
import { formatNumber, formatRate } from './format.ts'

export interface Column {
  title: string
  width: number
  format: (value: number) => string
  /** Undefined where the column has nothing to say about this step. */
  figure: (step: Step) => FigureName | undefined
  /** Show minimum and maximum as well. */
  spread: boolean
  /** Say by how much Leveret is better than RabbitMQ. */
  compared: (step: Step) => boolean
}

export interface TableKind {
  title: string
  works: Work['kind'][]
  columns: Column[]
}

export const TABLES: readonly TableKind[] = [
  {
    title: 'Traffic',
    works: ['traffic', 'library'],
    columns: [
      {
        ...column('messages/s', 'messagesPerSec', 27),
        format: formatRate,
        compared: (step) => !isPaced(step),
      },
      column('server CPU µs/message', 'cpuUs', 23),
      { ...column('p50 µs', '', 8), figure: (step) => timed(step, 'P50Us'), spread: false },
      { ...column('p99 µs', '', 8), figure: (step) => timed(step, 'P99Us'), spread: false },
      { ...column('peak MiB', 'peakMiB', 9), spread: false, compared: () => false },
    ],
  },
  {
    title: 'Idle memory',
    works: ['idle'],
    columns: [column('KiB/connection', 'connectionKiB', 23), column('KiB/queue', 'queueKiB', 23)],
  },
  {
    title: 'Start',
    works: ['start', 'restart'],
    columns: [
      column('ms until it serves', 'readyMs', 27),
      column('idle MiB', 'idleMiB', 23),
      { ...column('peak MiB', 'peakMiB', 23), compared: () => false },
    ],
  },
]

function column(title: string, figure: FigureName | '', width: number): Column {
  return {
    title,
    width,
    format: formatNumber,
    figure: () => figure || undefined,
    spread: true,
    compared: () => true,
  }
}

/**
 * Times are only told where they are the broker's: at a given rate, or when each
 * publish waits for its confirm. Elsewhere they are the size of the window divided
 * by the throughput.
 */
function timed({ work }: Step, quantile: 'P50Us' | 'P99Us'): FigureName | undefined {
  if (work.kind !== 'traffic') return undefined
  if (work.shape.ratePerSec > 0) return `latency${quantile}`
  return work.shape.confirmWindow === 1 ? `confirm${quantile}` : undefined
}

/** At a given rate the throughput is no achievement of the broker. */
export function isPaced({ work }: Step): boolean {
  return work.kind === 'traffic' && work.shape.ratePerSec > 0
}
