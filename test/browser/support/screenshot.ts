// Pictures for the documentation: `npm run screenshots` takes them anew, other runs leave them alone.

import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

const IMAGES = fileURLToPath(new URL('../../../docs/images', import.meta.url))

/** Writes docs/images/NAME.png when pictures are wanted. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return
  mkdirSync(IMAGES, { recursive: true })
  await page.screenshot({ path: `${IMAGES}/${name}.png`, animations: 'disabled' })
}
