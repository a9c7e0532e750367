import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { seenText } from '../support/seen-text.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

test('one message is deleted, and the others stay', async (visitor) => {
  await queues.channel.assertQueue('bed')
  for (const body of ['lettuce', 'thistle', 'carrot']) queues.publish('bed', body)
  const queue = await QueuePage.open(visitor, 'bed')
  await queue.show('Ready')
  await queue.button(queue.message('thistle'), 'Delete').click()
  await queue.page.getByText('Delete this message?').waitFor()
  await queue.confirm()
  await expect.poll(() => queue.messages.count()).toBe(2)
  expect(await queues.bodies('bed')).toEqual(['lettuce', 'carrot'])
})

test('a queue is purged of what is ready', async (visitor) => {
  await queues.channel.assertQueue('full')
  for (let index = 0; index < 20; index++) queues.publish('full', 'x')
  await queues.channel.prefetch(1)
  await queues.channel.consume('full', () => {})
  const queue = await QueuePage.open(visitor, 'full')
  await queue.choose('Purge')
  await queue.page.getByText('Delete all messages that are ready?').waitFor()
  await queue.confirm()
  await expect.poll(() => seenText(queue.tab('Ready'))).toBe('READY')
  expect(await seenText(queue.tab('Unacked'))).toMatch(/^UNACKED\s1$/)
  expect((await queues.channel.checkQueue('full')).messageCount).toBe(0)
})

test('delivery is stopped and goes on', async (visitor) => {
  await queues.channel.assertQueue('steady')
  const received: string[] = []
  await queues.channel.consume(
    'steady',
    (message) => received.push(message?.content.toString() ?? ''),
    { noAck: true },
  )
  const queue = await QueuePage.open(visitor, 'steady')
  await queue.choose('Pause')
  await queue.page.getByText('Stop the delivery to consumers?').waitFor()
  await queue.confirm()
  await queue.menu.click()
  await queue.page.getByRole('menuitem', { name: 'Resume' }).waitFor()
  await queue.page.keyboard.press('Escape')
  queues.publish('steady', 'held back')
  await queue.show('Ready')
  await queue.message('held back').waitFor()
  expect(received).toEqual([])
  await queue.choose('Resume')
  await queue.confirm()
  await expect.poll(() => received).toEqual(['held back'])
})

test('a queue is deleted, but not before it is paused', async (visitor) => {
  await queues.channel.assertQueue('unwanted')
  queues.publish('unwanted', 'x')
  visitor.allow(/400 \(Bad Request\)|404 \(Not Found\)/)
  const queue = await QueuePage.open(visitor, 'unwanted')
  await queue.choose('Delete queue')
  await queue.confirm()
  await queue.notice.getByText('The queue must be paused before it is deleted').waitFor()
  await queue.choose('Pause')
  await queue.confirm()
  await queue.page.getByText('Stop the delivery').waitFor({ state: 'detached' })
  await queue.choose('Delete queue')
  await queue.confirm()
  await queue.page.getByText('Queue Not found').waitFor()
  const { queue: declared, messageCount } = await queues.channel.assertQueue('unwanted')
  expect([declared, messageCount]).toEqual(['unwanted', 0])
})

test('all queues of a virtual host are paused at once, and resumed', async ({ open }) => {
  for (const name of ['one', 'two']) await queues.channel.assertQueue(name)
  const page = await open('/ui/')
  const header = page.locator('[class*="groupHeaderRow-"]')
  await header.getByRole('button', { name: 'Group actions' }).click()
  await page.getByRole('menuitem', { name: 'Pause all queues in group' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await header.getByText(/· \d+ paused/).waitFor()
  await header.getByRole('button', { name: 'Group actions' }).click()
  await page.getByRole('menuitem', { name: 'Resume all queues in group' }).click()
  await page.getByRole('button', { name: 'Confirm' }).click()
  await header.getByText(/· \d+ paused/).waitFor({ state: 'detached' })
})
