// What the tests of the documents read in them: sections, tables and code spans.

/** Sections by their headings of the second level; what is before the first of them is left out. */
export function sectionsOf(text: string): Map<string, string> {
  const [, ...parts] = text.split(/^## /m)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end).trim(), part.slice(end + 1)]
    }),
  )
}

/** The cells of all tables, a row each, without the headings. */
export function tableRows(text: string): string[][] {
  const rows = [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map(trim))
  return rows.filter((_, index) => !isHeading(rows, index))
}

/** What stands in backticks, outside of blocks of code. */
export function codeSpans(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/^ {4}.*$/gm, '')
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
}

/** The blocks of code in that language. */
export function codeBlocks(text: string, language: string): string[] {
  const blocks = text.matchAll(/^```(\w*)\n(.*?)^```$/gms)
  return [...blocks].filter(([, name]) => name === language).map(([, , code = '']) => code)
}

const trim = (cell: string): string => cell.trim()

const isRule = (row: readonly string[] | undefined): boolean =>
  row?.every((cell) => /^-+$/.test(cell)) ?? false

const isHeading = (rows: readonly string[][], index: number): boolean =>
  isRule(rows[index]) || isRule(rows[index + 1])
