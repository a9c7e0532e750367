import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

test('two thousand queues are no burden: some are shown, and all can be found', async (visitor) => {
  const names = Array.from(
    { length: 2000 },
    (_, index) => `queue-${String(index).padStart(4, '0')}`,
  )
  for (const name of names) void queues.channel.assertQueue(name)
  await queues.channel.assertQueue('queue-1999')
  queues.publish('queue-1999', 'the last one')

  const page = await visitor.open('/ui/')
  await page.getByText('First 500 of 2,000 queues').waitFor()
  const cards = page.locator('[class*="queueCard-"]')
  await expect.poll(() => cards.count()).toBe(500)

  // A page that is frozen answers nobody.
  await page.getByPlaceholder('Filter queues').fill('queue-0499')
  await expect.poll(() => cards.count()).toBe(1)

  const queue = await QueuePage.open(visitor, 'queue-1999')
  await queue.show('Ready')
  await queue.message('the last one').waitFor()

  await page.goto(`${visitor.url}/console/#/queues`)
  await page.getByText(/of 2,000 queues/).waitFor()
})
