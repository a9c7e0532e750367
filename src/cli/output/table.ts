// Tables as terminals show them, and as programs read them.

import { cellText, valueAt } from './cell.ts'
import type { Column } from './columns.ts'
import { cutToWidth, textWidth } from './text-width.ts'

const GAP = '  '
/** Columns are not made narrower than this for the sake of others. */
const LEAST_WIDTH = 6
/** Parts that one visible character is made of, usually at most. */
const MOST_UNITS = 8

export interface TableStyle {
  /** Columns of the terminal. */
  readonly width: number
  readonly heading: (text: string) => string
}

/** Lines for a terminal: a heading, columns side by side, and nothing wider than the terminal. */
export function tableLines(
  columns: readonly Column[],
  items: readonly unknown[],
  style: TableStyle,
): string[] {
  // A body may be millions of characters long, of which nobody sees more than these.
  const most = MOST_UNITS * style.width
  const texts = items.map((item) =>
    columns.map(({ path }) => cellText(valueAt(item, path)).slice(0, most)),
  )
  const headings = columns.map(({ heading }) => cellText(heading))
  const isNumeric = columns.map(({ path }) => isNumbers(items, path))
  const widths = fittingWidths(
    headings.map((heading, column) =>
      texts.reduce((most, row) => Math.max(most, textWidth(row[column] ?? '')), textWidth(heading)),
    ),
    style.width - GAP.length * (columns.length - 1),
  )
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((text, column) =>
      pad(text, widths[column] ?? 0, isNumeric[column] ?? false),
    )
    return cutToWidth(padded.join(GAP).trimEnd(), style.width)
  }
  return [style.heading(line(headings)), ...texts.map(line)]
}

/** Lines for a program: values between tabs, whole, and no heading. */
export function tabbedLines(columns: readonly Column[], items: readonly unknown[]): string[] {
  return items.map((item) => columns.map(({ path }) => cellText(valueAt(item, path))).join('\t'))
}

function isNumbers(items: readonly unknown[], path: string): boolean {
  const values = items
    .map((item) => valueAt(item, path) ?? undefined)
    .filter((value) => value !== undefined)
  return values.length > 0 && values.every((value) => typeof value === 'number')
}

function pad(text: string, width: number, toTheRight: boolean): string {
  const cut = cutToWidth(text, width)
  const spaces = ' '.repeat(width - textWidth(cut))
  return toTheRight ? spaces + cut : cut + spaces
}

/** The widest give way first, all to the same width. */
export function fittingWidths(wanted: readonly number[], available: number): number[] {
  let limit = Math.max(0, ...wanted)
  const total = (most: number): number =>
    wanted.reduce((sum, width) => sum + Math.min(width, most), 0)
  while (limit > LEAST_WIDTH && total(limit) > available) limit--
  // What is left over after the last step goes to the first that can use it.
  let rest = Math.max(0, available - total(limit))
  return wanted.map((width) => {
    const extra = Math.min(rest, Math.max(0, width - limit))
    rest -= extra
    return Math.min(width, limit) + extra
  })
}
