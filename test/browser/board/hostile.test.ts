// Names, bodies and headers that would be something else if a page took them for more than text.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onfocus=alert(1) autofocus='",
  'javascript:alert(1)',
  '100%',
  '%2F%25%252F',
  '../../users/guest',
  '..',
  'a/b?c=d#e&f',
  'a\\b',
  'tab\tand\u0001',
  'right\u202eto left',
  '__proto__',
  'constructor',
  'a › b',
  '{braces}',
  ' blanks ',
  'é 兎 🐇',
  'pause',
  '$t(QUEUE.ACTIONS.PAUSE) {{count}}',
]

for (const name of NAMES) {
  test(`${JSON.stringify(name)} is a queue like others`, async (visitor) => {
    await queues.channel.assertQueue(name)
    const value = { text: name, [name]: name }
    queues.publish(name, JSON.stringify(value), { headers: { [name]: name }, messageId: name })
    queues.publish(name, name, { type: name, contentType: name })
    const queue = await QueuePage.open(visitor, name)
    expect(await queue.title.textContent()).toBe(name)
    await queue.show('Ready')
    await expect.poll(() => queue.messages.count()).toBe(2)
    await queue.button(queue.messages.first(), 'Delete').click()
    await queue.confirm()
    await expect.poll(() => queue.messages.count()).toBe(1)
    expect(await queue.page.locator('#root script, #root img:not([src*="icon.svg"])').count()).toBe(
      0,
    )
    await queue.messages.first().locator('[class*="jobLink"]').click()
    await queue.page.getByText(/content_type:/).waitFor()
    // An open page goes on asking for its queue and what is in it, and is told that there is none.
    await queue.page.close()
    expect(await queues.bodies(name)).toEqual([name])
    await queues.channel.deleteQueue(name)
  })
}

test('a message that is all markup is text', async (visitor) => {
  await queues.channel.assertQueue('markup')
  const markup = '</script></pre><svg onload=alert(1)><a href="javascript:alert(1)">x</a>'
  queues.publish('markup', markup, { headers: { [markup]: markup } })
  queues.publish('markup', JSON.stringify({ __proto__: null, a: markup, constructor: markup }))
  await queues.channel.assertQueue('grave', { durable: false })
  await queues.channel.assertQueue(markup, {
    deadLetterExchange: '',
    deadLetterRoutingKey: 'grave',
  })
  queues.publish(markup, markup)
  await expect.poll(async () => (await queues.channel.checkQueue(markup)).messageCount).toBe(1)
  const message = await queues.channel.get(markup)
  if (message !== false) queues.channel.reject(message, false)
  const queue = await QueuePage.open(visitor, 'markup')
  await queue.show('Ready')
  await queue.message('onload').first().waitFor()
  expect(await queue.page.locator('#root svg[onload], #root a[href^="javascript"]').count()).toBe(0)
  const grave = await QueuePage.open(visitor, 'grave')
  await grave.show('Dead-lettered')
  await grave.messages
    .first()
    .getByText(/rejected by a consumer/)
    .waitFor()
  expect(await grave.page.locator('#root svg[onload], #root a[href^="javascript"]').count()).toBe(0)
})
