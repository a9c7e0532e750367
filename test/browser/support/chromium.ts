// The browser that pages are tested in: Debian's Chromium, driven by playwright-core, which brings none.

import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'

/** Without a sandbox, which needs more rights than tests usually have; only our own pages are opened. */
export function launchChromium(): Promise<Browser> {
  const found = inject('chromium')
  if ('missing' in found) throw new Error(found.missing)
  return chromium.launch({
    executablePath: found.executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
    ],
  })
}

let shared: Promise<Browser> | undefined

/** The one that the files of this process have in common. It ends with the process: playwright sees to that. */
export function sharedChromium(): Promise<Browser> {
  shared ??= launchChromium()
  return shared
}
