// What holds for all pages: their look, and that they can be used without eyes or without a mouse.

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'

const test = browserTest()

const PAGES = [
  '',
  'connections',
  'channels',
  'exchanges',
  'exchanges/%2F/amq.topic',
  'queues',
  'vhosts',
  'vhosts/%2F',
  'users',
  'users/guest',
  'policies',
  'definitions',
]

const background = (page: Page): Promise<unknown> =>
  page.evaluate('getComputedStyle(document.body).backgroundColor')

test('is light or dark as the system is', async ({ open }) => {
  expect(await background(await open('/console/'))).toBe('rgb(243, 245, 247)')
  expect(await background(await open('/console/', { colorScheme: 'dark' }))).toBe('rgb(21, 26, 33)')
})

test('is light or dark as bull-board beside it, when that was chosen', async ({ open }) => {
  const page = await open('/console/')
  const settings = JSON.stringify({ state: { theme: 'dark' }, version: 2 })
  await page.evaluate(`localStorage.setItem('board-settings', ${JSON.stringify(settings)})`)
  await page.reload()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  expect(await background(page)).toBe('rgb(21, 26, 33)')
})

test('every input has a label, every table headers, and every page one title', async ({
  url,
  open,
}) => {
  const page = await open('/console/')
  for (const path of PAGES) {
    await page.goto(`${url}/console/#/${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    const found = await page.evaluate(`({
      unlabelled: [...document.querySelectorAll('input, select, textarea')]
        .filter((input) => input.labels.length === 0 && !input.ariaLabel)
        .map((input) => input.outerHTML),
      nameless: [...document.querySelectorAll('button, a')]
        .filter((one) => !one.textContent.trim() && !one.ariaLabel)
        .map((one) => one.outerHTML),
      headless: [...document.querySelectorAll('table')]
        .filter((table) => !table.caption || table.querySelectorAll('th[scope=col]').length === 0)
        .length,
      titles: document.querySelectorAll('h1').length,
    })`)
    expect({ path, found }).toEqual({
      path,
      found: { unlabelled: [], nameless: [], headless: 0, titles: 1 },
    })
  }
})

test('the keyboard comes past the menu at once, and to the title of each page', async ({
  open,
}) => {
  const page = await open('/console/')
  const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent')
  await expect.poll(focused).toBe('Overview')
  const link = page.getByRole('link', { name: 'Queues', exact: true })
  await link.focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('Queues')
  await page.getByRole('button', { name: 'Skip to the content' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(focused).toBe('Queues')
})

test('fits a telephone', async ({ open }) => {
  const page = await open('/console/#/queues', { viewport: { width: 390, height: 800 } })
  await page.getByRole('heading', { name: 'Queues' }).waitFor()
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
})

test('a broker that is gone is told, and what was there stays', async ({ open, allow }) => {
  allow(/ERR_FAILED/)
  const page = await open('/console/#/exchanges')
  await page.getByRole('link', { name: 'amq.topic' }).waitFor()
  await page.route('**/api/**', (route) => route.abort())
  await page.getByRole('alert').filter({ hasText: 'The broker does not answer' }).waitFor()
  await page.getByRole('link', { name: 'amq.topic' }).waitFor()
  await page.unroute('**/api/**')
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
})
