// What every test of a page relies on: that nothing that goes wrong there goes unseen.

import { describe, expect, inject, test } from 'vitest'
import { launchChromium } from './support/chromium.ts'
import { PageWatch } from './support/watched-page.ts'

const peer = inject('chromium')
const reason = 'missing' in peer ? ` (skipped: ${peer.missing})` : ''
const ORIGIN = 'http://127.0.0.1:9'

const MISTAKES: readonly (readonly [string, string, RegExp])[] = [
  ['an error on the console', "<script>console.error('said')</script>", /^console: said/],
  [
    'an error that nobody catches',
    "<script>throw new Error('thrown')</script>",
    /^uncaught: thrown/,
  ],
  ['a dialog', '<script>alert(1)</script>', /^dialog: 1/],
  ['a request to another host', '<img src="http://127.0.0.2:9/x">', /^request to another host/],
]

describe(`the watch of a page${reason}`, () => {
  test.skipIf(reason !== '').each(MISTAKES)('notes %s', async (_, html, expected) => {
    const browser = await launchChromium()
    try {
      const page = await browser.newPage()
      const watch = new PageWatch(page, ORIGIN)
      await page.setContent(html)
      await expect.poll(() => watch.problems).toContainEqual(expect.stringMatching(expected))
    } finally {
      await browser.close()
    }
  })
})
