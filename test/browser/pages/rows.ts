import type { Locator, Page } from 'playwright-core'

/** The row of a table that has this text in one of its cells. */
export function rowOf(where: Page | Locator, text: string): Locator {
  const page = 'page' in where ? where.page() : where
  const cell = page.getByRole('cell', { name: text, exact: true })
  return where.getByRole('row').filter({ has: cell })
}

/** The texts of the first column, as they stand. */
export function firstCells(page: Page | Locator): Promise<string[]> {
  return page.locator('tbody tr td:first-child').allTextContents()
}

/** What stands in the cells of a row: `orders | topic | durable`. */
export async function cellsOf(row: Locator): Promise<string> {
  await row.waitFor()
  return (await row.getByRole('cell').allTextContents()).join(' | ')
}
