// A page of a browser, and what must not happen in it.

import type { Page } from 'playwright-core'

/**
 * Notes what goes wrong in a page: errors on its console, which include what the content security policy
 * keeps from happening, errors that nobody caught, dialogs, and requests to any other host.
 */
export class PageWatch {
  readonly problems: string[] = []
  readonly #allowed: RegExp[] = []

  constructor(page: Page, origin: string) {
    const note = (text: string): void => {
      if (!this.#allowed.some((pattern) => pattern.test(text))) this.problems.push(text)
    }
    page.on('console', (message) => {
      const { url } = message.location()
      if (message.type() === 'error') note(`console: ${message.text()} (${url})`)
    })
    page.on('pageerror', (error) => note(`uncaught: ${error.message}`))
    page.on('dialog', (dialog) => {
      note(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const url = request.url()
      const isInline = url.startsWith('data:') || url.startsWith('blob:')
      if (!isInline && new URL(url).origin !== origin) note(`request to another host: ${url}`)
    })
  }

  /** From now on this is as it should be. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern)
  }
}
