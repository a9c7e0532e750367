// Bull-board's page of one queue, as a person uses it. Its buttons are icons: Lucide's names tell them apart.

import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { OpenOptions, Visitor } from '../support/browser-test.ts'

const CARD = '[class*="card-"]:has([class*="jobId-"])'

/** Icons of what can be done to a message. */
const ICONS = {
  'Publish again': 'files',
  'Deliver now': 'corner-up-left',
  'Re-publish': 'refresh-cw',
  Delete: 'trash2',
  Change: 'pencil',
} as const

/** So long after a dialog was closed, bull-board closes it once more, even when it is open again by then. */
const FORGETTING_MS = 300

export class QueuePage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  static async open(
    visitor: Visitor,
    name: string,
    { vhost = '/', ...options }: OpenOptions & { readonly vhost?: string } = {},
  ): Promise<QueuePage> {
    const query = new URLSearchParams({ vhost, name })
    const queue = new QueuePage(await visitor.open(`/ui/open?${query}`, options))
    await queue.title.waitFor()
    return queue
  }

  get title(): Locator {
    return this.page.locator('header').getByRole('heading', { level: 1 })
  }

  /** All messages that are shown. */
  get messages(): Locator {
    return this.page.locator(CARD)
  }

  /** The one that has this text somewhere. */
  message(text: string | RegExp): Locator {
    return this.messages.filter({ hasText: text })
  }

  /** The state that is named so, with how many messages are in it. */
  tab(name: string): Locator {
    return this.page.locator('[class*="statusTabs-"]').getByRole('link', { name })
  }

  async show(tab: string): Promise<void> {
    await this.tab(tab).click()
  }

  button(message: Locator, name: keyof typeof ICONS): Locator {
    return message.locator(`button:has(.lucide-${ICONS[name]})`)
  }

  /** Of a list that is longer than a page. */
  async turnTo(pageNumber: number): Promise<void> {
    const pager = this.page.locator('[class*="actionContainer"]')
    await pager.getByText(String(pageNumber), { exact: true }).click()
  }

  async confirm(): Promise<void> {
    await this.page.getByRole('button', { name: 'Confirm' }).click()
  }

  /** Chooses something from the queue's menu. */
  async choose(item: string | RegExp): Promise<void> {
    await this.menu.click()
    await this.page.getByRole('menuitem', { name: item }).click()
  }

  get menu(): Locator {
    return this.page.locator('[class*="stickyHeader"] button:has(.lucide-ellipsis-vertical)')
  }

  /** What pops up when something went well or wrong. */
  get notice(): Locator {
    return this.page.locator('[class*="toast-"]')
  }

  /** Fills in the dialog that publishes, and sends it. */
  async publish(parts: {
    readonly routingKey?: string
    readonly message?: unknown
    readonly options?: unknown
  }): Promise<void> {
    const dialog = this.page.getByRole('dialog', { name: /^Publish a message/ })
    await dialog.locator('.cm-content').first().waitFor()
    if (parts.routingKey !== undefined) {
      await dialog.getByLabel(/^Routing key/).fill(parts.routingKey)
    }
    if (parts.message !== undefined) await this.#write(dialog, 0, parts.message)
    if (parts.options !== undefined) await this.#write(dialog, 1, parts.options)
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await dialog.waitFor({ state: 'detached' })
    await this.#forgetClosed()
  }

  /** Timers of a page end in their order: this one does so after that of the dialog, on any machine. */
  async #forgetClosed(): Promise<void> {
    const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
    await this.page.evaluate(passed, FORGETTING_MS)
  }

  async #write(dialog: Locator, index: number, value: unknown): Promise<void> {
    await dialog.locator('.cm-content').nth(index).click()
    await this.page.keyboard.press('Control+A')
    const text = JSON.stringify(value)
    await this.page.keyboard.insertText(text)
    // The form takes what is written once it has been checked.
    const field = dialog.locator(`input[name="${index === 0 ? 'jobData' : 'jobOptions'}"]`)
    await expect.poll(() => field.inputValue()).toBe(text)
  }
}
