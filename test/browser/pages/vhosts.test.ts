// Virtual hosts.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'
import { cellsOf, rowOf } from './rows.ts'

const test = browserTest()

test('a virtual host is added, given to somebody, and deleted', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/users/anna', { password: 'x', tags: '' })
  const page = await open('/console/#/vhosts')
  await page.getByText('Add a virtual host', { exact: true }).click()
  const form = page.getByRole('form', { name: 'Add a virtual host' })
  await form.getByLabel('Name', { exact: true }).fill('shop/eu')
  await form.getByLabel('Description').fill('What is sold')
  await form.getByLabel('Tags').fill('production')
  await form.getByLabel('Default type of queues').selectOption('Classic')
  await form.getByRole('button', { name: 'Add', exact: true }).click()
  await rowOf(page, 'shop/eu').waitFor()
  expect(await cellsOf(rowOf(page, 'shop/eu'))).toMatch(/^shop\/eu \| What is sold \| production/)

  await page.getByRole('link', { name: 'shop/eu' }).click()
  const permissions = page.getByRole('region', { name: 'Permissions', exact: true })
  await permissions.getByRole('link', { name: 'guest' }).waitFor()
  await permissions.getByLabel('User').fill('anna')
  await permissions.getByLabel('Configure').fill('')
  await permissions.getByRole('button', { name: 'Set permissions' }).click()
  await permissions.getByRole('link', { name: 'anna' }).waitFor()
  expect(await api.get('/permissions/shop%2Feu/anna')).toMatchObject({ configure: '', read: '.*' })

  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this virtual host?' })
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByText(/^1–\d of \d virtual hosts/).waitFor()
})

test('a virtual host is described anew, traced, and limited', async ({ broker, open, allow }) => {
  const api = managementClient(broker)
  await api.put('/vhosts/changed', { description: 'old', tags: 'a,b' })
  const page = await open('/console/#/vhosts/changed')
  await page.getByText('Change the virtual host').click()
  const form = page.getByRole('form', { name: 'Change the virtual host' })
  expect(await form.getByLabel('Tags').inputValue()).toBe('a, b')
  await form.getByLabel('Description').fill('new')
  await form.getByLabel('Default type of queues').selectOption('Quorum')
  await form.getByLabel('Trace').check()
  await form.getByRole('button', { name: 'Change' }).click()
  await form.getByText('It is changed').waitFor()
  expect(await api.get('/vhosts/changed')).toMatchObject({
    description: 'new',
    tags: ['a', 'b'],
    default_queue_type: 'quorum',
    tracing: true,
  })

  const limits = page.getByRole('region', { name: 'Limits' })
  await limits.getByLabel('Limit', { exact: true }).selectOption('max-queues')
  await limits.getByLabel('At most').fill('1')
  await limits.getByRole('button', { name: 'Set limit' }).click()
  await limits.getByRole('cell', { name: 'max-queues' }).waitFor()
  await api.put('/queues/changed/only', {})
  allow(refusal(400))
  await page.goto(page.url().replace(/#.*/, '#/queues?vhost=changed'))
  await page.getByText('Declare a queue').click()
  const declaring = page.getByRole('form', { name: 'Declare a queue' })
  await declaring.getByLabel('Name', { exact: true }).fill('more')
  await declaring.getByRole('button', { name: 'Declare' }).click()
  await declaring.getByRole('alert').filter({ hasText: 'limit' }).waitFor()
})

test('lists are of one virtual host when one is chosen', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/vhosts/other', {})
  await api.put('/queues/other/there', {})
  await api.put('/queues/%2F/here', {})
  const page = await open('/console/#/vhosts/other')
  await page.getByRole('definition').getByRole('link', { name: 'Show' }).first().click()
  await page.getByText('1–1 of 1 queues').waitFor()
  await rowOf(page, 'there').waitFor()
  await page.getByText('Declare a queue').click()
  const form = page.getByRole('form', { name: 'Declare a queue' })
  for (const name of ['first', 'second']) {
    await form.getByLabel('Name', { exact: true }).fill(name)
    await form.getByRole('button', { name: 'Declare' }).click()
    await form.getByText(`Queue ${name} is declared`).waitFor()
    expect(await api.get(`/queues/other/${name}`)).toMatchObject({ vhost: 'other' })
  }
  await page.getByText('1–3 of 3 queues').waitFor()

  const chosen = page.getByLabel('Virtual host', { exact: true }).first()
  await expect.poll(() => chosen.inputValue()).toBe('other')
  await chosen.selectOption('All')
  await rowOf(page, 'here').waitFor()
  await rowOf(page, 'there').waitFor()
})
