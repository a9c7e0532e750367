// Connections and channels: who is there, and how to get rid of them.

import { once } from 'node:events'
import { type ChannelModel, connect } from 'amqplib'
import { expect } from 'vitest'
import { browserTest, type Visitor } from '../support/browser-test.ts'
import { refusal } from './refusal.ts'
import { cellsOf } from './rows.ts'

const test = browserTest()

/** A client that says how it is called. */
const join = ({ broker }: Visitor, name: string): Promise<ChannelModel> =>
  connect(`amqp://127.0.0.1:${broker.port}`, { clientProperties: { connection_name: name } })

test('a connection is found, with its channels and what the client says of itself', async (visitor) => {
  const [found, other] = [await join(visitor, 'invoices <b>'), await join(visitor, 'other')]
  const channel = await found.createConfirmChannel()
  await channel.prefetch(17)
  const { queue } = await channel.assertQueue('watched')
  await channel.consume(queue, () => {}, { consumerTag: 'tag <i>' })
  const page = await visitor.open('/console/#/connections')
  await page.getByText('1–2 of 2 connections').waitFor()
  const row = page.getByRole('row').filter({ hasText: 'invoices <b>' })
  expect(await cellsOf(row)).toContain('| guest | running |')

  await row.getByRole('link').click()
  await page.getByRole('heading', { name: /^Connection 127\.0\.0\.1/ }).waitFor()
  const said = page.getByRole('region', { name: 'What the client says of itself' })
  await said.getByText('connection_name: invoices <b>').waitFor()
  const channels = page.getByRole('region', { name: 'Channels' })
  expect(await cellsOf(channels.getByRole('row').nth(1))).toContain(
    '| confirms | running | 1 | 17 |',
  )

  await channels.getByRole('link').click()
  await page.getByRole('heading', { name: /^Channel .* \(1\)$/ }).waitFor()
  const consumers = page.getByRole('region', { name: 'Consumers' })
  expect(await cellsOf(consumers.getByRole('row').nth(1))).toContain('watched | tag <i> | yes |')
  await page.getByRole('link', { name: /^127\.0\.0\.1/ }).click()
  await page.getByRole('heading', { name: /^Connection/ }).waitFor()
  await found.close()
  await other.close()
})

test('a connection is closed when one says so twice, and the client is told why', async (visitor) => {
  const client = await join(visitor, 'closed')
  const told = once(client, 'close')
  const page = await visitor.open('/console/#/connections')
  await page.getByRole('row').filter({ hasText: 'closed' }).getByRole('link').click()
  await page.getByRole('button', { name: 'Close' }).click()
  const dialog = page.getByRole('dialog', { name: 'Close this connection?' })
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Close' }).click()
  await dialog.getByLabel('Reason, which the client is told').fill('you are\ttoo loud')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('heading', { name: 'Connections' }).waitFor()
  expect(String(await told)).toContain('you are too loud')
  await page.getByText('No connections').waitFor()
})

test('a question is answered by the keyboard alone', async (visitor) => {
  const client = await join(visitor, 'asked')
  const page = await visitor.open('/console/#/connections')
  await page.getByRole('row').filter({ hasText: 'asked' }).getByRole('link').press('Enter')
  const button = page.getByRole('button', { name: 'Close' })
  const dialog = page.getByRole('dialog')
  const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent')
  await button.press('Enter')
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused()).toBe('Close')

  await button.press('Enter')
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  expect(await focused()).toBe('Close')
  await client.close()
})

test('one that is gone is told to be gone', async (visitor) => {
  const client = await join(visitor, 'leaving')
  const page = await visitor.open('/console/#/connections')
  await page.getByRole('row').filter({ hasText: 'leaving' }).getByRole('link').click()
  await page.getByRole('button', { name: 'Close' }).waitFor()
  visitor.allow(refusal(404))
  await client.close()
  await page.getByText('This connection is gone (Not Found)').waitFor()
  await page.goto(`${visitor.url}/console/#/connections/nobody`)
  await page.getByText('There is no such connection (Not Found)').waitFor()
})

test('channels are listed, sorted and looked for', async (visitor) => {
  const client = await join(visitor, 'channels')
  for (const count of [30, 10, 20]) {
    const channel = await client.createChannel()
    await channel.prefetch(count)
  }
  const page = await visitor.open('/console/#/channels')
  await page.getByText('1–3 of 3 channels').waitFor()
  const prefetches = (): Promise<string[]> =>
    page.locator('tbody tr td:nth-child(7)').allTextContents()
  await page.getByRole('button', { name: 'Prefetch' }).click()
  await expect.poll(prefetches).toEqual(['10', '20', '30'])
  await page.getByRole('button', { name: 'Prefetch' }).click()
  await expect.poll(prefetches).toEqual(['30', '20', '10'])
  const heading = page.getByRole('columnheader', { name: 'Prefetch' })
  expect(await heading.getAttribute('aria-sort')).toBe('descending')
  await page.getByLabel('Name has').fill('(2)')
  await page.getByText('1–1 of 1 channels (3 in all)').waitFor()
  expect(await prefetches()).toEqual(['10'])
  expect(page.url()).toContain('name=%282%29')
  await client.close()
})
