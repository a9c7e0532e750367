// Virtual hosts.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
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
  await page.getByText('1–1 of 1 virtual hosts').waitFor()
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
  await page.getByText('1–4 of 4 queues').waitFor()
})
