/** A page of a list, as the API gives it. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly page: number
  readonly page_count: number
  /** Of those that have the name that is looked for. */
  readonly filtered_count: number
  readonly total_count: number
}

/** The pages to offer, with gaps as null: the first, the last, and those around the one shown. */
export function pageChoices(page: number, pageCount: number): (number | null)[] {
  const near = [1, page - 1, page, page + 1, pageCount]
  const offered = [...new Set(near)].filter((one) => one >= 1 && one <= pageCount)
  offered.sort((a, b) => a - b)
  return offered.flatMap((one, index) => {
    const before = offered[index - 1] ?? one - 1
    if (one - before === 2) return [one - 1, one]
    return one - before > 2 ? [null, one] : [one]
  })
}

/** `1–100 of 1,000 queues`, and of how many when only some are looked for. */
export function pageSummary(shown: Page<unknown>, pageSize: number, what: string): string {
  const { items, page, filtered_count, total_count } = shown
  const format = (value: number): string => value.toLocaleString('en')
  const of = filtered_count === total_count ? '' : ` (${format(total_count)} in all)`
  if (items.length === 0) return `No ${what}${of}`
  const from = (page - 1) * pageSize + 1
  const to = from + items.length - 1
  return `${format(from)}–${format(to)} of ${format(filtered_count)} ${what}${of}`
}
