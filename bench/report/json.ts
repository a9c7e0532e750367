import { cpus, release, totalmem } from 'node:os'
import type { BenchOptions } from '../options.ts'
import { goalsOf, meets, type Results } from './results.ts'

/** Everything measured, for programs: options, machine, and for each row every sample. */
export function toJson(results: Results, options: BenchOptions): string {
  const { durationSec, warmupSec, rounds } = options
  const report = {
    date: new Date().toISOString(),
    options: { durationSec, warmupSec, rounds },
    machine: {
      node: process.version,
      platform: `${process.platform} ${release()} ${process.arch}`,
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryMiB: Math.round(totalmem() / 1024 / 1024),
    },
    rows: results.rows.map(({ step, brokers }) => ({
      row: step.row,
      title: step.title,
      work: step.work,
      brokers: brokers.map((result) => ({
        ...result,
        goals: goalsOf(step, result).map((goal) => ({ ...goal, met: meets(goal, result) ?? null })),
      })),
    })),
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}
