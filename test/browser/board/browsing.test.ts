import { expect } from 'vitest'
import { managementClient } from '../pages/management-client.ts'
import { browserTest } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { seenText } from '../support/seen-text.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

test('queues stand in their virtual hosts, with counts and consumers', async ({ broker, open }) => {
  const everything = { configure: '.*', write: '.*', read: '.*' }
  await broker.vhosts.put('shop')
  await broker.permissions.put({ user: 'guest', vhost: 'shop', ...everything })
  await managementClient(broker).put('/queues/shop/carts', { durable: true })
  await queues.channel.assertQueue('orders.dead')
  const toDead = { deadLetterExchange: '', deadLetterRoutingKey: 'orders.dead' }
  await queues.channel.assertQueue('orders', toDead)
  await queues.channel.assertQueue('mails')
  for (const body of ['a', 'b', 'c']) queues.publish('orders', body)
  for (const body of ['d', 'e']) queues.publish('orders.dead', body)
  await queues.channel.prefetch(1)
  await queues.channel.consume('orders', () => {})
  const page = await open('/')
  expect(page.url()).toMatch(/\/ui\/$/)
  expect(await page.title()).toBe('Leveret')
  const card = page.locator('[class*="queueCard-"]').filter({ hasText: /^orders(?!\.)/ })
  await card.getByText('3 Messages').waitFor()
  const states = page.locator('[class*="statusTabs-"]')
  expect((await seenText(states)).split(/\s+/)).toEqual([
    'ALL',
    'UNACKED',
    '1',
    'READY',
    '2',
    'DEAD-LETTERED',
    '2',
    'DELAYED',
  ])
  const other = page.locator('[class*="queueCard-"]').filter({ hasText: 'mails' })
  expect(await seenText(other)).toContain('No consumers')
  expect(await seenText(card)).not.toContain('No consumers')
  await page.getByRole('main').getByRole('button', { name: /^shop/ }).waitFor()
  await screenshot(page, 'board')
  const words = await seenText(page.locator('body'))
  expect(words).not.toMatch(/\b(jobs?|workers?|redis|completed|prioritized|failed)\b/i)
})

test('a message is shown with its body, its properties and its headers', async (visitor) => {
  await queues.channel.assertQueue('shown', { durable: false, arguments: { 'x-max-length': 50 } })
  queues.publish('shown', '{"order": 17, "items": ["hare", "carrot"]}', {
    contentType: 'application/json',
    correlationId: 'c-1',
    persistent: true,
    headers: { tenant: 'acme', nested: { deep: true } },
  })
  queues.publish('shown', 'only text')
  queues.publish('shown', Buffer.from([0xff, 0x00, 0xfe]))
  const queue = await QueuePage.open(visitor, 'shown')
  await queue.page
    .getByText('classic · transient · virtual host / · 0 consumers · x-max-length: 50')
    .waitFor()
  await queue.show('Ready')
  const json = await seenText(queue.message('correlation_id'))
  expect(json).toMatch(/order:\s*17/)
  expect(json).toMatch(/payload_encoding:\s*"json"/)
  expect(json).toMatch(/content_type:\s*"application\/json"/)
  expect(json).toMatch(/correlation_id:\s*"c-1"/)
  expect(json).toMatch(/delivery_mode:\s*2/)
  expect(json).toMatch(/tenant:\s*"acme"/)
  expect(await seenText(queue.message('only text'))).toMatch(/payload_encoding:\s*"string"/)
  expect(await seenText(queue.message('base64'))).toMatch(/payload:\s*"\/wD\+"/)
  await screenshot(queue.page, 'messages')

  const card = queue.messages.first()
  await card.getByRole('tab', { name: 'Delivery' }).click()
  await card.getByText(/payload_bytes:\s*42/).waitFor()
  expect(await seenText(card)).toMatch(/position:\s*0/)
  expect(await seenText(card)).toMatch(/redelivered:\s*false/)

  await card.locator('[class*="jobLink"]').click()
  await queue.page.waitForURL(/\/queue\/[^/]+\/0-0/)
  await queue.page.getByText(/tenant:/).waitFor()
})

test('what a consumer has is shown with who that is', async (visitor) => {
  await queues.channel.assertQueue('held')
  queues.publish('held', 'in hand')
  await new Promise<void>((resolve) => {
    void queues.channel.consume('held', () => resolve(), { consumerTag: 'worker-7' })
  })
  const queue = await QueuePage.open(visitor, 'held')
  await queue.show('Unacked')
  await queue.message('in hand').waitFor()
  const card = queue.messages.first()
  await card.getByRole('tab', { name: 'Delivery' }).click()
  await card.getByText(/consumer_tag:\s*"worker-7"/).waitFor()
  // It is theirs: nothing can be done to it.
  expect(await card.locator('[class*="jobActions-"] button').count()).toBe(0)
})

test('looking takes nothing, changes no order and marks nothing', async (visitor) => {
  await queues.channel.assertQueue('untouched', { arguments: { 'x-max-priority': 5 } })
  const bodies = Array.from({ length: 25 }, (_, index) => `message ${index}`)
  for (const body of bodies) queues.publish('untouched', body)
  const queue = await QueuePage.open(visitor, 'untouched')
  for (const tab of ['Unacked', 'Ready', 'Delayed', 'All', 'Ready']) await queue.show(tab)
  await queue.message('message 0').waitFor()
  expect(await queue.messages.count()).toBe(10)
  await queue.turnTo(3)
  await queue.message('message 24').waitFor()
  expect(await queue.messages.count()).toBe(5)
  await queue.message('message 24').locator('[class*="jobLink"]').click()
  await queue.page.getByRole('tab', { name: 'Deaths' }).click()
  await queue.page.getByText('It has died nowhere').waitFor()

  const taken = await queues.drain('untouched')
  expect(taken.map(({ content }) => content.toString())).toEqual(bodies)
  expect(taken.filter(({ fields }) => fields.redelivered)).toEqual([])
})

test('a long body is shown in part, and cannot be published again', async (visitor) => {
  await queues.channel.assertQueue('long')
  queues.publish('long', 'x'.repeat(300_000))
  const queue = await QueuePage.open(visitor, 'long')
  await queue.show('Ready')
  const card = queue.message('this is not all of its 300000 octets')
  await queue.button(card, 'Publish again').click()
  visitor.allow(/400 \(Bad Request\)/)
  await queue.publish({})
  await queue.notice.getByText(/Only the beginning of this message is shown/).waitFor()
  expect((await queues.bodies('long')).length).toBe(1)
})

test('queues come and go while the page is open', async ({ open }) => {
  const page = await open('/ui/')
  await queues.channel.assertQueue('newcomer')
  const card = page.locator('[class*="queueCard-"]').filter({ hasText: 'newcomer' })
  await card.waitFor()
  await queues.channel.deleteQueue('newcomer')
  await card.waitFor({ state: 'detached' })
})

test('the menu leads to the pages of our own', async ({ open }) => {
  const page = await open('/ui/')
  await page.locator('button:has(.lucide-circle-user)').click()
  await page.getByRole('menuitem', { name: 'Exchanges' }).click()
  await page.waitForURL(/\/console\/#\/exchanges$/)
})
