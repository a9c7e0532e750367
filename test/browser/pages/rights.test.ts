// Who may do less sees less; and what is asked for all the same is refused in the words of the broker.

import { beforeAll, expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'

const test = browserTest()

const EVERYTHING = { configure: '.*', write: '.*', read: '.*' }

beforeAll(async () => {
  const api = managementClient(test.broker)
  for (const tag of ['management', 'policymaker', 'monitoring', '']) {
    const name = tag || 'nobody'
    await api.put(`/users/${name}`, { password: 'x', tags: tag })
    await api.put(`/permissions/%2F/${name}`, EVERYTHING)
  }
  await api.put('/users/reader', { password: 'x', tags: 'management' })
  await api.put('/permissions/%2F/reader', { configure: '^$', write: '^$', read: '.*' })
})

const BASIC = [
  'Messages',
  'Overview',
  'Connections',
  'Channels',
  'Exchanges',
  'Queues',
  'Virtual hosts',
]

for (const [user, more] of [
  ['management', []],
  ['policymaker', ['Policies']],
  ['monitoring', []],
] as const) {
  test(`the menu of a user with the tag ${user}`, async ({ open }) => {
    const page = await open('/console/', { as: `${user}:x` })
    const menu = page.getByRole('navigation', { name: 'Pages of the broker' })
    await menu.waitFor()
    expect(await menu.getByRole('link').allTextContents()).toEqual([...BASIC, ...more])
  })
}

test('the menu of an administrator', async ({ open }) => {
  const page = await open('/console/')
  const menu = page.getByRole('navigation', { name: 'Pages of the broker' })
  await menu.waitFor()
  expect(await menu.getByRole('link').allTextContents()).toEqual([
    ...BASIC,
    'Users',
    'Policies',
    'Definitions',
  ])
})

test('nodes are for those who monitor', async ({ open }) => {
  const monitoring = await open('/console/', { as: 'monitoring:x' })
  await monitoring.getByRole('heading', { name: /^Node/ }).waitFor()
  const management = await open('/console/', { as: 'management:x' })
  await management.getByRole('region', { name: 'Listeners' }).waitFor()
  expect(await management.getByRole('heading', { name: /^Node/ }).count()).toBe(0)
  const queued = management.getByRole('region', { name: 'Messages in queues' })
  expect(await queued.textContent()).toContain('Ready0')
})

test('who comes by the address is told why not', async ({ open, allow }) => {
  allow(refusal(401))
  const page = await open('/console/#/users', { as: 'management:x' })
  await page.getByRole('alert').filter({ hasText: 'Not administrator user' }).waitFor()
})

test('who may not declare is told so', async ({ open, allow }) => {
  allow(refusal(401))
  const page = await open('/console/#/queues', { as: 'reader:x' })
  await page.getByText('Declare a queue').click()
  const form = page.getByRole('form', { name: 'Declare a queue' })
  await form.getByLabel('Name', { exact: true }).fill('mine')
  await form.getByRole('button', { name: 'Declare' }).click()
  const problem = form.getByRole('alert')
  await problem.waitFor()
  expect(await problem.textContent()).toContain("access to queue 'mine' in vhost '/' refused")
})

test('policies of operators are shown to policymakers, and not to be changed', async ({
  broker,
  open,
}) => {
  const api = managementClient(broker)
  const policy = { pattern: 'x', definition: { 'max-length': 1 } }
  await api.put('/operator-policies/%2F/theirs', policy)
  await api.put('/policies/%2F/ours', policy)
  const page = await open('/console/#/policies', { as: 'policymaker:x' })
  const ours = page.getByRole('region', { name: 'Policies', exact: true })
  await ours.getByRole('button', { name: 'Edit' }).waitFor()
  const theirs = page.getByRole('region', { name: 'Operator policies' })
  await theirs.getByRole('cell', { name: 'theirs' }).waitFor()
  expect(await theirs.getByRole('button', { name: 'Edit' }).count()).toBe(0)
  expect(await theirs.getByText('Add operator policy').count()).toBe(0)
})

test('a virtual host without its permissions, for who does not administer', async ({ open }) => {
  const page = await open('/console/#/vhosts/%2F', { as: 'monitoring:x' })
  await page.getByRole('region', { name: 'Details' }).waitFor()
  expect(await page.getByRole('heading', { name: 'Permissions' }).count()).toBe(0)
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
})
