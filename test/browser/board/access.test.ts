import { expect } from 'vitest'
import { browserTest, type Visitor } from '../support/browser-test.ts'
import { seenText } from '../support/seen-text.ts'
import { QueuePage } from './queue-page.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

/** Somebody with these permissions, if any, in the default virtual host. */
async function user(
  { broker }: Visitor,
  name: string,
  tag: string,
  permission?: { readonly configure?: string; readonly write?: string; readonly read?: string },
): Promise<string> {
  await broker.users.put(name, { password: 'secret', tags: [tag] })
  const nothing = { configure: '^$', write: '^$', read: '^$' }
  if (permission !== undefined) {
    await broker.permissions.put({ user: name, vhost: '/', ...nothing, ...permission })
  }
  return `${name}:secret`
}

test('who only monitors sees queues, not messages, and no button', async (visitor) => {
  await queues.channel.assertQueue('watched')
  queues.publish('watched', 'secret body')
  const as = await user(visitor, 'monitor', 'monitoring')
  const queue = await QueuePage.open(visitor, 'watched', { as })
  await queue.show('Ready')
  await queue.page.getByText('No such messages in this queue').waitFor()
  expect(await seenText(queue.tab('Ready'))).toMatch(/READY\s1/)
  expect(await queue.menu.count()).toBe(0)
  expect(await queue.page.content()).not.toContain('secret body')
})

test('who may only read looks and purges, and is told why no more', async (visitor) => {
  await queues.channel.assertQueue('readable')
  queues.publish('readable', 'to be read')
  const as = await user(visitor, 'reader', 'management', { read: 'readable' })
  visitor.allow(/403 \(Forbidden\)/)
  const queue = await QueuePage.open(visitor, 'readable', { as })
  await queue.show('Ready')
  await queue.message('to be read').waitFor()
  await queue.choose(/^Publish/)
  await queue.publish({})
  await queue.notice.getByText('Not permitted').waitFor()
  await queue.notice
    .getByText("write access to exchange 'amq.default' in vhost '/' refused for user 'reader'")
    .waitFor()
  await queue.choose('Purge')
  await queue.confirm()
  await queue.message('to be read').waitFor({ state: 'detached' })
})

test('virtual hosts of others are not there', async (visitor) => {
  await visitor.broker.vhosts.put('theirs')
  await queues.channel.assertQueue('hidden')
  await visitor.broker.users.put('guestling', { password: 'secret', tags: ['management'] })
  const everything = { configure: '.*', write: '.*', read: '.*' }
  await visitor.broker.permissions.put({ user: 'guestling', vhost: 'theirs', ...everything })
  const page = await visitor.open('/ui/', { as: 'guestling:secret' })
  await page.getByText('No queues to display.').waitFor()
  await page.goto(`${visitor.url}/ui/open?vhost=%2F&name=hidden`)
  await page.getByText('Queue Not found').waitFor()
})

test('who is not known sees nothing', async ({ open, allow }) => {
  allow(/401 \(Unauthorized\)/)
  const page = await open('/ui/', { as: 'guest:wrong' })
  expect(await seenText(page.locator('body'))).toMatch(/not_authorized|^$/)
})
