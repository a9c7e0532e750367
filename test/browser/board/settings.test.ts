import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { seenText } from '../support/seen-text.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

test('another language writes dates and numbers, and AMQP’s words stay', async (visitor) => {
  await queues.channel.assertQueue('q')
  queues.publish('q', 'x')
  const { page } = await QueuePage.open(visitor, 'q')
  await page.locator('button:has(.lucide-settings)').click()
  const dialog = page.getByRole('dialog', { name: 'Settings' })
  await dialog.getByText('Dates and numbers as in').waitFor()
  await dialog.getByRole('combobox').first().click()
  await page.getByRole('option', { name: 'de-DE' }).click()
  await page.keyboard.press('Escape')
  await page.reload()
  await expect.poll(() => seenText(page.locator('[class*="statusTabs-"]'))).toMatch(/READY/)
})

test('it is as dark as one wants', async (visitor) => {
  await queues.channel.assertQueue('q')
  const { page } = await QueuePage.open(visitor, 'q', { colorScheme: 'dark' })
  expect(await page.locator('body.dark-mode').count()).toBe(1)
})

test('what is known of a queue is told, with its arguments and its consumers', async (visitor) => {
  const arguments_ = { 'x-max-length': 17, 'x-overflow': 'reject-publish' }
  await queues.channel.assertQueue('consumed', { arguments: arguments_ })
  await queues.channel.consume('consumed', () => {}, { consumerTag: 'billing' })
  const { page } = await QueuePage.open(visitor, 'consumed')
  await page.getByRole('button', { name: 'Queue info' }).click()
  const dialog = page.getByRole('dialog', { name: 'Queue info' })
  await dialog.getByRole('button', { name: 'Connected consumers' }).click()
  await dialog.getByText('billing').waitFor()
  await dialog.getByRole('button', { name: 'Arguments' }).click()
  await dialog.getByText('X Overflow').waitFor()
  await dialog.getByText('reject-publish').waitFor()
})
