// The page that one comes to first: what the broker does, and how it is.

import { connect } from 'amqplib'
import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { cellsOf } from './rows.ts'

const test = browserTest()

/** A point is there every five seconds, if the machine is not too busy. */
const PATIENCE_MS = 120_000

/** A picture shows more than a test has to wait for. */
const POINTS = process.env['SCREENSHOTS'] === '1' ? 7 : 2

/** Comes in waves, and half of it is consumed. Gives what ends it. */
async function traffic(port: number): Promise<() => Promise<void>> {
  const client = await connect(`amqp://127.0.0.1:${port}`)
  const channel = await client.createChannel()
  for (const queue of ['consumed', 'kept']) await channel.assertQueue(queue)
  await channel.consume('consumed', (message) => message && channel.ack(message))
  let sent = 0
  const publishing = setInterval(() => {
    const most = 12 + 10 * Math.sin(Date.now() / 5000)
    for (let number = 0; number < most; number++) {
      channel.sendToQueue(sent++ % 2 === 0 ? 'consumed' : 'kept', Buffer.from('x'))
    }
  }, 50)
  return async () => {
    clearInterval(publishing)
    await client.close()
  }
}

test('rates and lengths are drawn, and told in words', async ({ broker, open }) => {
  const end = await traffic(broker.port)
  try {
    const page = await open('/console/')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const rates = page.getByRole('region', { name: 'Messages a second' })
    const lengths = page.getByRole('region', { name: 'Messages in queues' })
    const pointCount = async (): Promise<number> => {
      const lines = await rates.locator('polyline').all()
      const points = await Promise.all(lines.map((line) => line.getAttribute('points')))
      return Math.min(...points.map((line) => line?.split(' ').length ?? 0))
    }
    const lineCount = (): Promise<number> => rates.locator('polyline').count()
    await expect.poll(lineCount, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(3)
    await expect.poll(pointCount, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(POINTS)
    expect(await rates.textContent()).toMatch(
      /Publish [1-9][\d,.]*\/s.*Deliver [1-9].*Acknowledge [1-9]/,
    )
    expect(await lengths.textContent()).toMatch(/Total [1-9][\d,]*Ready [1-9]/)
    expect(await rates.locator('svg title').textContent()).toBe('Messages a second, over time')
    await screenshot(page, 'overview')
  } finally {
    await end()
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
    ['Connections', /connections?$/],
    ['Channels', /channels?$/],
    ['Exchanges', /exchanges?$/],
    ['Queues', /queues?$/],
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
