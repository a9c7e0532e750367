// The report for people: for each row its title, then a line for each broker
// with the medians, how they compare to RabbitMQ's, and the goal.

import { styleText } from 'node:util'
import type { FigureName } from '../load/job.ts'
import type { Goal, Step } from '../scenario.ts'
import { type Column, isPaced, TABLES, type TableKind } from './columns.ts'
import { formatNumber, formatTimes } from './format.ts'
import {
  type BrokerResult,
  goalsOf,
  meets,
  type Results,
  type Row,
  type Spread,
} from './results.ts'

const NAME_WIDTH = 17
const RATIO_WIDTH = 28
/** From this share of a core on, the load process may have been what was measured. */
const SATURATED = 0.9

/** How a goal's figure is called beside the goal. */
const GOAL_NAMES: Partial<Record<FigureName, string>> = {
  cpuUs: 'CPU',
  confirmP50Us: 'p50',
  latencyP50Us: 'p50',
  latencyP99Us: 'p99',
  peakMiB: 'peak',
  connectionKiB: 'connection',
  queueKiB: 'queue',
  readyMs: 'ready',
  idleMiB: 'idle',
}

export type Style = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => string

/** Colours on a terminal; nothing but the text elsewhere. */
export function styleFor(stream: { isTTY?: boolean }): Style {
  return stream.isTTY ? (style, text) => styleText(style, text) : (_style, text) => text
}

export function formatTable(results: Results, style: Style): string {
  return TABLES.map((kind) => formatKind(kind, results, style))
    .filter((text) => text !== '')
    .join('\n')
}

function formatKind(kind: TableKind, results: Results, style: Style): string {
  const rows = results.rows.filter(({ step }) => kind.works.includes(step.work.kind))
  if (rows.length === 0) return ''
  const columns = kind.columns.map(({ title, width }) => title.padEnd(width)).join('')
  const compared = results.rows.some((row) => reference(row)) ? 'times better' : ''
  const header = `${kind.title.padEnd(NAME_WIDTH)}${columns}${compared.padEnd(RATIO_WIDTH)}goal`
  return [style('bold', header), ...rows.map((row) => formatRow(row, kind, style)), ''].join('\n')
}

function formatRow(row: Row, kind: TableKind, style: Style): string {
  const lines = [`${style('bold', row.step.row.padEnd(11))} ${style('dim', row.step.title)}`]
  for (const result of row.brokers) {
    const cells = kind.columns.map((column) => cell(column, row, result)).join('')
    const rival = result.broker === 'rabbitmq' ? undefined : reference(row)
    const ratio = (rival ? compare(kind, row, result, rival) : '').padEnd(RATIO_WIDTH)
    const goals =
      result.broker === 'rabbitmq' ? '' : formatGoals(goalsOf(row.step, result), result, style)
    lines.push(`  ${result.broker.padEnd(NAME_WIDTH - 2)}${cells}${ratio}${goals}`.trimEnd())
    for (const fault of new Set(result.faults)) lines.push(style('red', `    FAULT: ${fault}`))
  }
  return lines.join('\n')
}

function cell(column: Column, { step }: Row, { spreads, samples }: BrokerResult): string {
  const name = column.figure(step)
  const spread = name && spreads[name]
  if (!spread) return '–'.padEnd(column.width)
  const range = column.spread && samples.length > 1 ? ` (${formatRange(spread, column)})` : ''
  const mark = name === 'messagesPerSec' && generatorBound(spreads.generatorLoad, step) ? '*' : ''
  return `${column.format(spread.median)}${mark}${range}`.padEnd(column.width)
}

function formatRange({ min, max }: Spread, { format }: Column): string {
  return `${format(min)} … ${format(max)}`
}

/** With a given rate the load process spins on purpose, to be on time. */
function generatorBound(load: Spread | undefined, step: Step): boolean {
  return !isPaced(step) && (load?.median ?? 0) >= SATURATED
}

function reference({ brokers }: Row): BrokerResult | undefined {
  return brokers.find(({ broker, samples }) => broker === 'rabbitmq' && samples.length > 0)
}

/** How many times better, in the order of the columns: more is better for rates, less for the rest. */
function compare(kind: TableKind, { step }: Row, ours: BrokerResult, theirs: BrokerResult): string {
  const ratios: string[] = []
  for (const column of kind.columns.filter(({ compared }) => compared(step))) {
    const name = column.figure(step)
    const our = name && ours.spreads[name]?.median
    const their = name && theirs.spreads[name]?.median
    if (!our || !their) continue
    ratios.push(formatTimes(name === 'messagesPerSec' ? our / their : their / our))
  }
  return ratios.join(' / ')
}

function formatGoals(goals: Goal[], result: BrokerResult, style: Style): string {
  const parts = goals.map((goal) => {
    const text = `${GOAL_NAMES[goal.figure] ?? goal.figure} ≤ ${formatGoal(goal.atMost)}`
    const met = meets(goal, result)
    if (met === undefined) return text
    return met ? style('green', `${text} met`) : style('red', `${text} MISSED`)
  })
  return parts.join(', ')
}

function formatGoal(value: number): string {
  return Number.isInteger(value) ? String(value) : formatNumber(value).replace(/0+$/, '')
}
