// Policies of users and of operators, and what they are in force on.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'
import { cellsOf, rowOf } from './rows.ts'

const test = browserTest()

test('a policy is set, changed and deleted', async ({ broker, open }) => {
  const api = managementClient(broker)
  const page = await open('/console/#/policies')
  const card = page.getByRole('region', { name: 'Policies', exact: true })
  await card.getByText('Add policy').click()
  const form = card.getByRole('form', { name: 'Set policy' })
  await form.getByLabel('Name', { exact: true }).fill('short')
  await form.getByLabel('Pattern').fill('^jobs')
  await form.getByLabel('Applies to').selectOption('queues')
  await form.getByLabel('Priority').fill('5')
  await form.getByLabel('Definition: name 1').fill('max-length')
  await form.getByLabel('Definition: type 1').selectOption('Number')
  await form.getByLabel('Definition: value 1').fill('10')
  await form.getByRole('button', { name: 'Set policy' }).click()
  const row = rowOf(card, 'short')
  await row.waitFor()
  expect(await cellsOf(row)).toMatch(/^short \| \/ \| \^jobs \| queues \| 5 \| max-length: 10 \|/)

  await row.getByRole('button', { name: 'Edit' }).click()
  await card.getByText('Edit short').click()
  await form.waitFor({ state: 'hidden' })
  await row.getByRole('button', { name: 'Edit' }).click()
  expect(await form.getByLabel('Pattern').inputValue()).toBe('^jobs')
  await form.getByLabel('Definition: value 1').fill('20')
  await form.getByRole('button', { name: 'Set policy' }).click()
  await card.getByRole('cell', { name: 'max-length: 20' }).waitFor()
  expect(await api.get('/policies/%2F/short')).toEqual({
    vhost: '/',
    name: 'short',
    pattern: '^jobs',
    'apply-to': 'queues',
    definition: { 'max-length': 20 },
    priority: 5,
  })

  await row.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this policy?' })
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await card.getByText('No policies').waitFor()
})

test('what a policy is in force on is told to who asks', async ({ broker, open }) => {
  const api = managementClient(broker)
  for (const name of ['logs-1', 'logs-2', 'logs-special', 'jobs']) {
    await api.put(`/queues/%2F/${name}`, {})
  }
  await api.put('/exchanges/%2F/logs-in', { type: 'fanout' })
  const definition = { 'message-ttl': 1000 }
  await api.put('/policies/%2F/logs', { pattern: '^logs', definition, 'apply-to': 'queues' })
  await api.put('/policies/%2F/special', { pattern: 'special$', definition, priority: 1 })
  const page = await open('/console/#/policies')
  const card = page.getByRole('region', { name: 'Policies', exact: true })
  await rowOf(card, 'logs').getByRole('button', { name: 'Show' }).click()
  await rowOf(card, 'logs').getByText('2 queues, 0 exchanges').waitFor()
  const queues = await rowOf(card, 'logs').getByRole('link').allTextContents()
  expect(queues).toEqual(['logs-1', 'logs-2'])
  await rowOf(card, 'logs').getByRole('link', { name: 'logs-1' }).click()
  await page.getByRole('region', { name: 'Details' }).getByText('message-ttl: 1000').waitFor()
})

test('policies of operators stand by themselves', async ({ broker, open, allow }) => {
  allow(refusal(400))
  const page = await open('/console/#/policies')
  const card = page.getByRole('region', { name: 'Operator policies' })
  await card.getByText('Add operator policy').click()
  const form = card.getByRole('form', { name: 'Set operator policy' })
  await form.getByLabel('Name', { exact: true }).fill('limit')
  await form.getByLabel('Pattern').fill('.*')
  await form.getByLabel('Definition: name 1').fill('alternate-exchange')
  await form.getByLabel('Definition: value 1').fill('amq.fanout')
  await form.getByRole('button', { name: 'Set operator policy' }).click()
  await form.getByRole('alert').filter({ hasText: 'alternate-exchange' }).waitFor()

  await form.getByLabel('Definition: name 1').fill('max-length')
  await form.getByLabel('Definition: type 1').selectOption('Number')
  await form.getByLabel('Definition: value 1').fill('1000')
  await form.getByRole('button', { name: 'Set operator policy' }).click()
  await rowOf(card, 'limit').waitFor()
  expect(await managementClient(broker).get('/operator-policies/%2F/limit')).toMatchObject({
    'apply-to': 'queues',
    definition: { 'max-length': 1000 },
  })
})
