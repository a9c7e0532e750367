// Users, and what they may do where.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'
import { cellsOf, rowOf } from './rows.ts'

const test = browserTest()

test('a user is added, and can log in with the password', async ({ broker, url, open }) => {
  const page = await open('/console/#/users')
  await page.getByText('Add a user', { exact: true }).click()
  const form = page.getByRole('form', { name: 'Add a user' })
  await form.getByLabel('Name', { exact: true }).fill('anna')
  await form.getByLabel('Password').fill('first')
  await form.getByLabel('monitoring').check()
  await form.getByLabel('Other tags').fill('billing,  night')
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await form.getByText('User anna is added, and has no permissions yet').waitFor()
  expect(await form.getByLabel('Password').inputValue()).toBe('')
  expect(await cellsOf(rowOf(page, 'anna'))).toBe('anna | monitoring, billing, night | set')
  expect(await whoami(url, 'anna:first')).toEqual({
    name: 'anna',
    tags: ['monitoring', 'billing', 'night'],
  })
  expect(await managementClient(broker).get('/users/anna/permissions')).toEqual([])
})

test('tags are changed without the password, and the password without the tags', async ({
  broker,
  url,
  open,
}) => {
  const api = managementClient(broker)
  await api.put('/users/berta', { password: 'old', tags: 'management,shift' })
  const page = await open('/console/#/users')
  await page.getByRole('link', { name: 'berta' }).click()
  const tags = page.getByRole('form', { name: 'Change the tags' })
  expect(await tags.getByLabel('management').isChecked()).toBe(true)
  expect(await tags.getByLabel('Other tags').inputValue()).toBe('shift')
  await tags.getByLabel('management').uncheck()
  await tags.getByLabel('administrator').check()
  await tags.getByRole('button', { name: 'Set tags' }).click()
  await page.getByText('administrator, shift', { exact: true }).waitFor()
  const password = page.getByRole('form', { name: 'Change the password' })
  expect(await whoami(url, 'berta:old')).toMatchObject({ tags: ['administrator', 'shift'] })

  await password.getByLabel('New password').fill('new')
  await password.getByRole('button', { name: 'Set password' }).click()
  await page.getByText('The password is set').waitFor()
  expect(await whoami(url, 'berta:new')).toMatchObject({ tags: ['administrator', 'shift'] })
})

test('permissions are set and cleared', async ({ broker, open, allow }) => {
  const api = managementClient(broker)
  await api.put('/users/clara', { password: 'x', tags: '' })
  const page = await open('/console/#/users/clara')
  const card = page.getByRole('region', { name: 'Permissions', exact: true })
  await card.getByText('No permissions').waitFor()
  await card.getByLabel('Configure').fill('^$')
  await card.getByLabel('Write').fill('^orders-.*')
  await card.getByRole('button', { name: 'Set permissions' }).click()
  await card.getByText('Permissions of clara in / are set').waitFor()
  expect(await cellsOf(card.getByRole('row').nth(1))).toBe('/ | ^$ | ^orders-.* | .* | Clear')

  allow(refusal(400))
  await card.getByLabel('Configure').fill('(')
  await card.getByRole('button', { name: 'Set permissions' }).click()
  await card.getByRole('alert').waitFor()
  expect(await card.getByRole('alert').textContent()).toContain('configure should')

  await card.getByRole('button', { name: 'Clear' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take these permissions away?' })
  await dialog.getByRole('button', { name: 'Clear' }).click()
  await card.getByText('No permissions').waitFor()
})

test('topic permissions are set and cleared', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/users/dora', { password: 'x', tags: '' })
  const page = await open('/console/#/users/dora')
  const card = page.getByRole('region', { name: 'Topic permissions' })
  await card.getByLabel('Write').fill('^a\\.')
  await card.getByRole('button', { name: 'Set topic permissions' }).click()
  const row = card.getByRole('row').nth(1)
  await row.waitFor()
  expect(await cellsOf(row)).toBe('/ | amq.topic | ^a\\. | .* | Clear')
  await row.getByRole('button', { name: 'Clear' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take these topic permissions away?' })
  await dialog.getByRole('button', { name: 'Clear' }).click()
  await card.getByText('No topic permissions').waitFor()
})

test('limits are set and cleared', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/users/fay', { password: 'x', tags: '' })
  const page = await open('/console/#/users/fay')
  const card = page.getByRole('region', { name: 'Limits' })
  await card.getByText('No limits').waitFor()
  await card.getByLabel('Limit', { exact: true }).selectOption('max-channels')
  await card.getByLabel('At most').fill('12')
  await card.getByRole('button', { name: 'Set limit' }).click()
  expect(await cellsOf(card.getByRole('row').nth(1))).toBe('max-channels | 12 | Clear')
  expect(await api.get('/user-limits/fay')).toEqual([
    { user: 'fay', value: { 'max-channels': 12 } },
  ])
  await card.getByRole('button', { name: 'Clear' }).click()
  const dialog = page.getByRole('dialog', { name: 'Take this limit away?' })
  await dialog.getByRole('button', { name: 'Clear' }).click()
  await card.getByText('No limits').waitFor()
})

test('a user is deleted', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/users/emma', { password: 'x', tags: '' })
  const page = await open('/console/#/users/emma')
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this user?' })
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Users' }).waitFor()
  await page.getByLabel('Name has').fill('emma')
  await page.getByText(/^No users/).waitFor()
})

/** Who the API takes that for. */
async function whoami(url: string, credentials: string): Promise<unknown> {
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`
  const response = await fetch(`${url}/api/whoami`, { headers: { authorization } })
  return response.json()
}
