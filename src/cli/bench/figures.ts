import type { Histogram } from '../../load/histogram.ts'
import type { Progress, TrafficResult } from '../../load/traffic.ts'
import { countText } from '../output/units.ts'

/** What `leveret bench` prints as JSON. */
export interface Figures {
  readonly seconds: number
  readonly published: number
  readonly consumed: number
  readonly published_per_sec: number
  readonly consumed_per_sec: number
  /** From publishing to delivery; undefined when nothing is consumed. */
  readonly latency_ms: Percentiles | undefined
  /** From publishing to its confirm. */
  readonly confirm_ms: Percentiles | undefined
  /** What became of messages that should not have. */
  readonly faults: readonly string[]
}

interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** Rates are those from the warmup until publishing ended; without an end by time, until all had come. */
export function benchFigures({ tally, moments, faults }: TrafficResult<Progress>): Figures {
  const { begin, stopped, published, end } = moments
  const [out, taken] = [stopped ?? published, stopped ?? end]
  const perSec = (count: number, { atUs }: Progress): number =>
    Math.round((count / (atUs - begin.atUs)) * 1e6)
  return {
    seconds: rounded((taken.atUs - begin.atUs) / 1e6),
    published: out.published - begin.published,
    consumed: taken.consumed - begin.consumed,
    published_per_sec: perSec(out.published - begin.published, out),
    consumed_per_sec: perSec(taken.consumed - begin.consumed, taken),
    latency_ms: percentiles(tally.latency),
    confirm_ms: percentiles(tally.confirmLatency),
    faults,
  }
}

function percentiles(histogram: Histogram): Percentiles | undefined {
  if (histogram.count === 0) return undefined
  const at = (share: number): number => rounded((histogram.quantile(share) ?? 0) / 1000)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** To a microsecond. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** The same for people. */
export function benchRows(figures: Figures): object[] {
  const { seconds, published, consumed, latency_ms, confirm_ms, faults } = figures
  const rate = (messages: number, perSec: number): string =>
    `${perSec.toLocaleString('en')} messages/s, ${countText(messages, 'message')}`
  return [
    { what: 'Time', figure: `${seconds} s` },
    { what: 'Published', figure: rate(published, figures.published_per_sec) },
    { what: 'Consumed', figure: rate(consumed, figures.consumed_per_sec) },
    ...timeRow('Latency', latency_ms),
    ...timeRow('Confirms', confirm_ms),
    ...faults.map((fault) => ({ what: 'Fault', figure: fault })),
  ]
}

function timeRow(what: string, times: Percentiles | undefined): object[] {
  if (times === undefined) return []
  const { p50, p95, p99, max } = times
  return [{ what, figure: `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, at most ${max} ms` }]
}
