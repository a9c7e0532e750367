// The page that one comes to first: what the broker does, and how it is.

import { connect } from 'amqplib'
import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { cellsOf } from './rows.ts'

const test = browserTest()

test('rates and lengths are drawn, and told in words', async ({ broker, open }) => {
  const client = await connect(`amqp://127.0.0.1:${broker.port}`)
  const channel = await client.createChannel()
  await channel.assertQueue('drawn')
  const publishing = setInterval(() => channel.sendToQueue('drawn', Buffer.from('x')), 50)
  try {
    const page = await open('/console/')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const rates = page.getByRole('region', { name: 'Messages a second' })
    const lengths = page.getByRole('region', { name: 'Messages in queues' })
    await expect.poll(() => rates.textContent(), { timeout: 30_000 }).toMatch(/Publish [1-9]\d*/)
    await expect.poll(() => lengths.textContent()).toMatch(/Ready [1-9]\d*/)
    await expect.poll(() => rates.locator('polyline').count(), { timeout: 30_000 }).toBe(3)
    expect(await rates.locator('svg title').textContent()).toBe('Messages a second, over time')
    await screenshot(page, 'overview')
  } finally {
    clearInterval(publishing)
    await client.close()
  }
})

test('the charts go back as far as one likes', async ({ open }) => {
  const page = await open('/console/')
  const asked = page.waitForRequest((request) => request.url().includes('msg_rates_age=600'))
  await page.getByRole('button', { name: 'The last ten minutes' }).click()
  await asked
  const pressed = page.getByRole('button', { pressed: true })
  expect(await pressed.allTextContents()).toEqual(['The last ten minutes'])
})

test('totals lead to what is counted', async ({ open }) => {
  const page = await open('/console/')
  for (const [title, total] of [
    ['Connections', /connections$/],
    ['Channels', /channels$/],
    ['Exchanges', /exchanges$/],
    ['Queues', /queues$/],
  ] as const) {
    await page.goto(page.url().replace(/#.*/, '#/'))
    await page.getByRole('main').getByRole('link', { name: total }).click()
    await page.getByRole('heading', { name: title, exact: true }).waitFor()
    await expect.poll(() => page.title()).toBe(`${title} – Leveret`)
  }
})

test('the node and its listeners are there', async ({ broker, open }) => {
  const page = await open('/console/')
  const node = page.getByRole('region', { name: /^Node leveret@/ })
  await expect.poll(() => node.textContent()).toMatch(/Memory[\s\d.]+ MiB of [\d.]+ [GM]iB/)
  expect(await node.textContent()).toMatch(/Up for\d+ s/)
  expect(await node.textContent()).toMatch(/Disk free[\d.]+ [GMT]iB/)
  const listeners = page.getByRole('region', { name: 'Listeners' })
  await listeners.getByRole('cell', { name: String(broker.port) }).waitFor()
})

test('what comes and goes is counted', async ({ broker, open }) => {
  for (let opened = 0; opened < 3; opened++) {
    await (await connect(`amqp://127.0.0.1:${broker.port}`)).close()
  }
  const page = await open('/console/')
  const card = page.getByRole('region', { name: 'Opened and closed' })
  const connections = card.getByRole('row').nth(1)
  expect(await cellsOf(connections)).toMatch(/^Connections \| [3-9], [\d.]+\/s \| [3-9], /)
})

test('nothing is asked for while nobody looks, and at once when somebody does again', async ({
  open,
}) => {
  const page = await open('/console/')
  await page.getByRole('heading', { name: /^Node/ }).waitFor()
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const setHidden = (isHidden: boolean): Promise<unknown> =>
    page.evaluate(
      `Object.defineProperty(document, 'hidden', { configurable: true, value: ${isHidden} });
      document.dispatchEvent(new Event('visibilitychange'))`,
    )
  await setHidden(true)
  // Longer than between two looks.
  await page.waitForTimeout(6000)
  expect(asked).toEqual([])
  await setHidden(false)
  await expect.poll(() => asked).toEqual(expect.arrayContaining(['/api/overview', '/api/nodes']))
})
