// Lines of a thing's statistics, as the API has them: a total or length, and its samples beside it.

import { count, rate } from '../format/figures.ts'
import type { Line } from './line-chart.tsx'
import { growth, levels, type Sample } from './maths.ts'

export interface Details {
  readonly rate: number
  /** Only when they were asked for. */
  readonly samples?: readonly Sample[]
}

/** Anything that has `publish` and `publish_details`, and so on. */
export type Readings = object

/** Under which name it is read, what it is called, and which colour it has. */
export type LineOf = readonly [name: string, label: string, colour: number]

export function detailsOf(readings: Readings, name: string): Details | undefined {
  const details = fieldOf(readings, `${name}_details`)
  return typeof details === 'object' ? (details as Details) : undefined
}

export function readingOf(readings: Readings, name: string): number {
  const value = fieldOf(readings, name)
  return typeof value === 'number' ? value : 0
}

const fieldOf = (readings: Readings, name: string): unknown =>
  (readings as Readonly<Record<string, unknown>>)[name]

export function rateOf(readings: Readings | undefined, name: string): number {
  return readings === undefined ? 0 : (detailsOf(readings, name)?.rate ?? 0)
}

/** How fast these grow. */
export function rateLines(
  readings: Readings,
  lines: readonly LineOf[],
  format: (value: number) => string = rate,
): Line[] {
  return lines.map(([name, label, colour]) => {
    const details = detailsOf(readings, name)
    const now = format(details?.rate ?? 0)
    return { label, colour, points: growth(details?.samples ?? []), now }
  })
}

/** How many there are. */
export function levelLines(readings: Readings, lines: readonly LineOf[]): Line[] {
  return lines.map(([name, label, colour]) => {
    const points = levels(detailsOf(readings, name)?.samples ?? [])
    return { label, colour, points, now: count(readingOf(readings, name)) }
  })
}

/** What may happen to messages, as far as it is drawn; what most often does comes first. */
export const MESSAGE_RATES: readonly LineOf[] = [
  ['publish', 'Publish', 1],
  ['deliver', 'Deliver', 3],
  ['ack', 'Acknowledge', 5],
  ['deliver_no_ack', 'Deliver without ack', 4],
  ['confirm', 'Confirm', 2],
  ['redeliver', 'Redeliver', 6],
  ['get', 'Get', 7],
  ['return_unroutable', 'Return as unroutable', 8],
  ['drop_unroutable', 'Drop as unroutable', 9],
]

export const QUEUED: readonly LineOf[] = [
  ['messages', 'Total', 1],
  ['messages_ready', 'Ready', 4],
  ['messages_unacknowledged', 'Unacknowledged', 3],
]

export const OCTETS: readonly LineOf[] = [
  ['recv_oct', 'From the client', 3],
  ['send_oct', 'To the client', 1],
]

/** The first few, and of the others those that have happened: an empty line tells nothing. */
export function happened(readings: Readings, lines: readonly LineOf[], always: number): LineOf[] {
  return lines.filter(([name], index) => index < always || readingOf(readings, name) > 0)
}
