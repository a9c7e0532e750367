import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

/** Two queues whose rejected messages come to a third one. */
async function prepare(suffix: string): Promise<{ orders: string; mails: string; dead: string }> {
  const dead = `dead-${suffix}`
  const names = { orders: `orders-${suffix}`, mails: `mails-${suffix}`, dead }
  await queues.channel.assertQueue(dead)
  const target = { deadLetterExchange: '', deadLetterRoutingKey: dead }
  for (const name of [names.orders, names.mails]) await queues.channel.assertQueue(name, target)
  return names
}

/** A consumer gets it, and wants none of it. */
async function reject(queue: string, body: string): Promise<void> {
  queues.publish(queue, body, { contentType: 'text/plain' })
  for (;;) {
    const message = await queues.channel.get(queue)
    if (message === false) continue
    queues.channel.reject(message, false)
    return
  }
}

test('dead letters are shown with why and where they died', async (visitor) => {
  const { orders, dead } = await prepare('shown')
  await reject(orders, 'order 1')
  const queue = await QueuePage.open(visitor, dead)
  await queue.show('Dead-lettered')
  const card = queue.messages.first()
  await card.getByText('Dead-lettered at').waitFor()
  await card.getByRole('tab', { name: 'Reason' }).click()
  await card.getByText(`rejected by a consumer in queue ${orders}, 1 time`).waitFor()
  await screenshot(queue.page, 'dead-letters')
  await card.getByRole('tab', { name: 'Deaths' }).click()
  await card.getByText(`it came by exchange "", with routing key "${orders}"`).waitFor()
})

test('one goes back to where it died, as if nothing had been', async (visitor) => {
  const { orders, mails, dead } = await prepare('one')
  await reject(orders, 'order')
  await reject(mails, 'mail')
  const queue = await QueuePage.open(visitor, dead)
  await queue.show('Dead-lettered')
  await queue.button(queue.message('mail'), 'Re-publish').first().click()
  await queue.page.getByText('Put this message back into the queue that it died in?').waitFor()
  await queue.confirm()
  await expect.poll(() => queue.messages.count()).toBe(1)
  const [message] = await queues.drain(mails)
  expect(message?.content.toString()).toBe('mail')
  expect(message?.properties.headers ?? {}).toEqual({})
  expect(message?.properties.contentType).toBe('text/plain')
  expect(await queues.bodies(orders)).toEqual([])
  expect(await queues.bodies(dead)).toEqual(['order'])
})

test('all go back to where each of them died, but what died nowhere', async (visitor) => {
  const { orders, mails, dead } = await prepare('all')
  for (const body of ['order 1', 'order 2', 'order 3']) await reject(orders, body)
  await reject(mails, 'mail')
  queues.publish(dead, 'never lived')
  const queue = await QueuePage.open(visitor, dead)
  await queue.show('Dead-lettered')
  await queue.page.getByRole('button', { name: 'Re-publish all' }).click()
  await queue.confirm()
  await queue.notice.getByText('1 messages stay: they died in no queue').waitFor()
  await expect.poll(() => queue.messages.count()).toBe(1)
  expect(await queues.bodies(orders)).toEqual(['order 1', 'order 2', 'order 3'])
  expect(await queues.bodies(mails)).toEqual(['mail'])
  expect(await queues.bodies(dead)).toEqual(['never lived'])
})

test('all are deleted', async (visitor) => {
  const { orders, dead } = await prepare('deleted')
  for (const body of ['order 1', 'order 2']) await reject(orders, body)
  const queue = await QueuePage.open(visitor, dead)
  await queue.show('Dead-lettered')
  await queue.page.getByRole('button', { name: 'Delete all' }).click()
  await queue.confirm()
  await expect.poll(() => queue.messages.count()).toBe(0)
  expect(await queues.bodies(dead)).toEqual([])
})

test('those of all queues go back from the overview', async ({ open }) => {
  const { orders, dead } = await prepare('overview')
  await reject(orders, 'order')
  const page = await open('/ui/')
  const card = page.locator('[class*="queueCard-"]').filter({ hasText: dead })
  await card.locator('button:has(.lucide-ellipsis-vertical)').click()
  await page.getByRole('menuitem', { name: 'Re-publish all 1 dead-lettered messages' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('The messages are back where they died').waitFor()
  expect(await queues.bodies(orders)).toEqual(['order'])
})

test('what comes back to a working queue is ready, not dead', async (visitor) => {
  const target = { deadLetterExchange: '', deadLetterRoutingKey: 'wait' }
  await queues.channel.assertQueue('work', target)
  await queues.channel.assertQueue('wait', {
    messageTtl: 1,
    deadLetterExchange: '',
    deadLetterRoutingKey: 'work',
  })
  await reject('work', 'tried before')
  const queue = await QueuePage.open(visitor, 'work')
  await queue.show('Ready')
  const card = queue.messages.first()
  await card.getByRole('tab', { name: 'Deaths' }).click()
  await card.getByText('expired in queue wait').waitFor()
  expect(await queue.tab('Dead-lettered').count()).toBe(0)
})
