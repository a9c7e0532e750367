import { formatNumber, formatRate, formatTimes } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'
import type { ClusterFigures } from './measure.ts'
import type { ClusterName } from './running-cluster.ts'
import type { ClusterScenario } from './scenarios.ts'

interface Line {
  readonly cluster: ClusterName
  readonly size: number
  readonly samples: ClusterFigures[]
}

const HEADER = ['nodes', 'messages/s', 'node CPU µs', 'NATS CPU µs', 'times RabbitMQ']
const FIRST_WIDTH = 12
const WIDTH = 16

/** Medians of all rounds, a line for each cluster and scenario. */
export class ClusterResults {
  readonly #rows = new Map<ClusterScenario, Line[]>()

  add(
    scenario: ClusterScenario,
    cluster: ClusterName,
    size: number,
    figures: ClusterFigures,
  ): void {
    const lines = this.#rows.get(scenario) ?? []
    this.#rows.set(scenario, lines)
    let line = lines.find((one) => one.cluster === cluster && one.size === size)
    if (line === undefined) {
      line = { cluster, size, samples: [] }
      lines.push(line)
    }
    line.samples.push(figures)
  }

  table(): string {
    const rows = [...this.#rows].map(([{ name, title }, lines]) => {
      const rival = lines.find(({ cluster }) => cluster === 'rabbitmq')
      return [`${name}: ${title}`, ...lines.map((line) => formatLine(line, rival))].join('\n')
    })
    return [formatCells('', HEADER), ...rows].join('\n')
  }
}

function formatLine(line: Line, rival: Line | undefined): string {
  const rate = median(line, 'messagesPerSec')
  const isRival = rival === undefined || line === rival
  return formatCells(line.cluster, [
    `${line.size}`,
    formatRate(rate),
    formatNumber(median(line, 'nodeCpuUs')),
    formatNumber(median(line, 'storeCpuUs')),
    isRival ? '' : formatTimes(rate / median(rival, 'messagesPerSec')),
  ])
}

const median = ({ samples }: Line, figure: keyof ClusterFigures): number =>
  spreadOf(samples.map((sample) => sample[figure])).median

const formatCells = (first: string, cells: readonly string[]): string =>
  `  ${first.padEnd(FIRST_WIDTH)}${cells.map((cell) => cell.padEnd(WIDTH)).join('')}`.trimEnd()
