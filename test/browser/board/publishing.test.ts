import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { seenText } from '../support/seen-text.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

test('a message is published into the queue that the page is of', async (visitor) => {
  await queues.channel.assertQueue('target')
  const queue = await QueuePage.open(visitor, 'target')
  await queue.choose(/^Publish/)
  await queue.page.locator('.cm-content').first().waitFor()
  await screenshot(queue.page, 'publish')
  await queue.publish({})
  await queue.show('Ready')
  await queue.message('hello').waitFor()
  const [message] = await queues.drain('target')
  expect(message?.content.toString()).toBe('{"hello":"world"}')
  expect(message?.fields).toMatchObject({ exchange: '', routingKey: 'target', redelivered: false })
  expect(message?.properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2 })
})

test('it has the properties, the headers and the priority that one gives it', async (visitor) => {
  await queues.channel.assertQueue('given', { arguments: { 'x-max-priority': 9 } })
  const queue = await QueuePage.open(visitor, 'given')
  await queue.choose(/^Publish/)
  await queue.publish({
    message: {
      payload: '/w==',
      payload_encoding: 'base64',
      properties: { correlation_id: 'c', type: 't' },
      headers: { tenant: 'acme', nested: { list: [1, 'a'] } },
    },
    options: { priority: 7 },
  })
  await expect.poll(async () => (await queues.channel.checkQueue('given')).messageCount).toBe(1)
  const [message] = await queues.drain('given')
  expect(message?.content).toEqual(Buffer.from([0xff]))
  expect(message?.properties).toMatchObject({
    correlationId: 'c',
    type: 't',
    priority: 7,
    headers: { tenant: 'acme', nested: { list: [1, 'a'] } },
  })
})

test('it goes by an exchange when one is named, to all queues that it leads to', async (visitor) => {
  await queues.channel.assertExchange('news', 'topic')
  for (const name of ['sport', 'everything']) await queues.channel.assertQueue(name)
  await queues.channel.bindQueue('sport', 'news', 'sport.#')
  await queues.channel.bindQueue('everything', 'news', '#')
  const queue = await QueuePage.open(visitor, 'sport')
  await queue.choose(/^Publish/)
  await queue.publish({ routingKey: 'sport.hares', message: { payload: 'fast', exchange: 'news' } })
  await queue.show('Ready')
  await queue.message('fast').waitFor()
  expect(await queues.bodies('sport')).toEqual(['fast'])
  expect(await queues.bodies('everything')).toEqual(['fast'])
})

test('it is said when a message leads nowhere, or may not be sent', async (visitor) => {
  await queues.channel.assertQueue('safe')
  visitor.allow(/400 \(Bad Request\)|404 \(Not Found\)/)
  const queue = await QueuePage.open(visitor, 'safe')
  for (const [parts, reason] of [
    [{ routingKey: 'nowhere' }, 'The message was routed to no queue'],
    [{ message: { payload: 'x', exchange: 'none' } }, /exchange/],
    [{ message: { payload: 'x', exchange: 'amq.topic' }, options: { delay: 5 } }, /delayed/],
  ] as const) {
    await queue.choose(/^Publish/)
    await queue.publish(parts)
    await queue.notice.filter({ hasText: reason }).first().waitFor()
  }
  expect(await queues.bodies('safe')).toEqual([])
})

test('a message is published again, changed', async (visitor) => {
  await queues.channel.assertQueue('again')
  queues.publish('again', '{"n":1}', { headers: { a: 1 }, messageId: 'm' })
  const queue = await QueuePage.open(visitor, 'again')
  await queue.show('Ready')
  await queue.button(queue.messages.first(), 'Publish again').click()
  await queue.page.getByRole('dialog', { name: 'Publish a message like this one' }).waitFor()
  const editor = queue.page.locator('.cm-content').first()
  await expect.poll(() => seenText(editor)).toContain('"message_id": "m"')
  await queue.publish({ message: { payload: { n: 2 }, headers: { a: 1 } } })
  await queue.message(/n:\s*2/).waitFor()
  expect(await queues.bodies('again')).toEqual(['{"n":1}', '{"n":2}'])
})

test('a delayed message waits, and is delivered or deleted when one wants', async (visitor) => {
  await queues.channel.assertQueue('later')
  const queue = await QueuePage.open(visitor, 'later')
  for (const payload of ['first', 'second', 'third', 'fourth']) {
    await queue.choose(/^Publish/)
    await queue.publish({ message: { payload }, options: { delay: 3_600_000 } })
  }
  await queue.show('Delayed')
  await expect.poll(() => queue.messages.count()).toBe(4)
  await queue.message('first').getByText('Will be delivered at').waitFor()
  expect(await seenText(queue.tab('Ready'))).toBe('READY')

  await queue.button(queue.message('first'), 'Deliver now').click()
  await queue.confirm()
  await queue.message('first').waitFor({ state: 'detached' })
  expect(await queues.bodies('later')).toEqual(['first'])

  await queue.button(queue.message('second'), 'Delete').click()
  await queue.confirm()
  await queue.message('second').waitFor({ state: 'detached' })

  await queue.page.getByRole('button', { name: 'Deliver all now' }).click()
  await queue.confirm()
  await expect.poll(() => queue.messages.count()).toBe(0)
  expect(await queues.bodies('later')).toEqual(['third', 'fourth'])

  await queue.choose(/^Publish/)
  await queue.publish({ message: { payload: 'fifth' }, options: { delay: 3_600_000 } })
  await queue.message('fifth').waitFor()
  await queue.page.getByRole('button', { name: 'Delete all' }).click()
  await queue.confirm()
  await expect.poll(() => queue.messages.count()).toBe(0)
  expect(await queues.bodies('later')).toEqual([])
})
