// Tests of what a person sees and does in a browser, with a broker of the file's own. Where there is no
// Chromium they are skipped, and say why; where all must be tested, in CI, that is a failure.

import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Broker, type BrokerOptions, createBroker } from '../../../src/index.ts'
import { sharedChromium } from './chromium.ts'
import { PageWatch } from './watched-page.ts'

/** Pictures of what failed. */
const FAILURES = 'node_modules/.cache/browser-failures'

export interface OpenOptions {
  /** `user:password`, guest's own when nobody is named. */
  readonly as?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** What a test has. Whatever goes wrong in one of its pages makes it fail, unless it was allowed. */
export interface Visitor {
  readonly broker: Broker
  /** Of the management port: `http://127.0.0.1:1234`. */
  readonly url: string
  /** A new page at that path, as somebody who is logged in. */
  open(path: string, options?: OpenOptions): Promise<Page>
  /** That goes wrong in what follows, and is to: a text as `PageWatch` notes it. */
  allow(pattern: RegExp): void
}

export interface BrowserTest {
  (name: string, run: (visitor: Visitor) => Promise<void>): void
  /** The file's broker; it is there when tests and hooks run. */
  readonly broker: Broker
  /** Whether there is no browser, and so no broker either. */
  readonly isSkipped: boolean
}

/** Enough for a machine that is several times slower than one needs, and busy besides. */
const TIMEOUT_MS = 240_000
const ACTION_TIMEOUT_MS = 60_000

/** The `test` of a file. Its broker is closed behind it. */
export function browserTest(options: BrokerOptions = {}): BrowserTest {
  const peer = inject('chromium')
  const missing = 'missing' in peer ? peer.missing : undefined
  if (missing !== undefined && process.env['CI'] === 'true') throw new Error(missing)
  const suffix = missing === undefined ? '' : ` (skipped: ${missing})`
  let broker: Broker | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    if (missing !== undefined) return
    broker = await createBroker({ port: 0, managementPort: 0, ...options })
    browser = await sharedChromium()
  }, TIMEOUT_MS)
  afterAll(async () => {
    await broker?.close()
  }, TIMEOUT_MS)
  const declare = (name: string, run: (visitor: Visitor) => Promise<void>): void => {
    test.skipIf(missing !== undefined)(
      name + suffix,
      () => visit(name, present(browser), present(broker), run),
      TIMEOUT_MS,
    )
  }
  const getters = {
    broker: { get: () => present(broker) },
    isSkipped: { value: missing !== undefined },
  }
  return Object.defineProperties(declare, getters) as BrowserTest
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is there only while tests run')
  return value
}

async function visit(
  name: string,
  browser: Browser,
  broker: Broker,
  run: (visitor: Visitor) => Promise<void>,
): Promise<void> {
  const url = present(broker.managementUrl)
  const watches: PageWatch[] = []
  const pages: Page[] = []
  const allowed: RegExp[] = []
  const open = async (path: string, options: OpenOptions = {}): Promise<Page> => {
    const { as = 'guest:guest', colorScheme = 'light', viewport } = options
    const [username = '', password = ''] = as.split(':')
    const page = await browser.newPage({
      httpCredentials: { username, password },
      colorScheme,
      locale: 'en-US',
      timezoneId: 'UTC',
      viewport: viewport ?? { width: 1280, height: 800 },
    })
    page.setDefaultTimeout(ACTION_TIMEOUT_MS)
    const watch = new PageWatch(page, url)
    for (const pattern of allowed) watch.allow(pattern)
    pages.push(page)
    watches.push(watch)
    await page.goto(url + path)
    return page
  }
  const allow = (pattern: RegExp): void => {
    allowed.push(pattern)
    for (const watch of watches) watch.allow(pattern)
  }
  try {
    await run({ broker, url, open, allow })
    expect(watches.flatMap(({ problems }) => problems)).toEqual([])
  } catch (error) {
    await picture(name, pages)
    throw error
  } finally {
    // Each page has a context of its own.
    for (const page of pages) await page.context().close()
  }
}

async function picture(name: string, pages: readonly Page[]): Promise<void> {
  mkdirSync(FAILURES, { recursive: true })
  const file = name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 80)
  for (const [index, page] of pages.entries()) {
    await page.screenshot({ path: `${FAILURES}/${file}-${index}.png` }).catch(() => undefined)
  }
}
