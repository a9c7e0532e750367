// Exchanges: declared, bound, published to, deleted.

import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'
import { cellsOf, rowOf } from './rows.ts'

const test = browserTest()

test('an exchange is declared with what was filled in, and deleted', async ({ broker, open }) => {
  const page = await open('/console/#/exchanges')
  await page.getByText('Declare an exchange').click()
  const form = page.getByRole('form', { name: 'Declare an exchange' })
  await form.getByLabel('Name', { exact: true }).fill('orders')
  await form.getByLabel('Type', { exact: true }).selectOption('topic')
  await form.getByLabel('Durable').uncheck()
  await form.getByLabel('Auto-delete').check()
  await form.getByLabel('Arguments: name 1').fill('alternate-exchange')
  await form.getByLabel('Arguments: value 1').fill('amq.fanout')
  await form.getByRole('button', { name: 'Add a row' }).click()
  await form.getByLabel('Arguments: name 2').fill('x-times')
  await form.getByLabel('Arguments: type 2').selectOption('Number')
  await form.getByLabel('Arguments: value 2').fill('3')
  await form.getByRole('button', { name: 'Declare' }).click()
  await form.getByText('Exchange orders is declared').waitFor()
  expect(await managementClient(broker).get('/exchanges/%2F/orders')).toMatchObject({
    type: 'topic',
    durable: false,
    auto_delete: true,
    internal: false,
    arguments: { 'alternate-exchange': 'amq.fanout', 'x-times': 3 },
  })

  const row = rowOf(page, 'orders')
  expect(await cellsOf(row)).toContain('| topic | auto-delete |')
  await row.getByRole('link').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this exchange?' })
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Exchanges', exact: true }).waitFor()
  await expect.poll(() => page.getByRole('link', { name: 'orders' }).count()).toBe(0)
})

test('what is refused is told in the words of the broker, and stays filled in', async ({
  open,
  allow,
}) => {
  allow(refusal(400))
  const page = await open('/console/#/exchanges')
  await page.getByText('Declare an exchange').click()
  const form = page.getByRole('form', { name: 'Declare an exchange' })
  await form.getByLabel('Name', { exact: true }).fill('amq.topic')
  await form.getByRole('button', { name: 'Declare' }).click()
  const problem = form.getByRole('alert')
  await expect.poll(() => problem.textContent()).toContain("inequivalent arg 'type'")
  expect(await form.getByLabel('Name', { exact: true }).inputValue()).toBe('amq.topic')

  await form.getByLabel('Arguments: name 1').fill('x')
  await form.getByLabel('Arguments: type 1').selectOption('JSON')
  await form.getByLabel('Arguments: value 1').fill('{')
  await form.getByRole('button', { name: 'Declare' }).click()
  await expect.poll(() => problem.textContent()).toBe('x: "{" is not JSON')
})

test('bindings are added and removed', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/queues/%2F/bound', {})
  await api.put('/exchanges/%2F/below', { type: 'fanout' })
  const page = await open('/console/#/exchanges/%2F/amq.direct')
  await page.getByText('Add a binding').click()
  const form = page.getByRole('form', { name: 'Add a binding' })
  await form.getByLabel('Name', { exact: true }).fill('bound')
  await form.getByLabel('Routing key').fill('a/b %<c>')
  await form.getByLabel('Arguments: name 1').fill('note')
  await form.getByLabel('Arguments: value 1').fill('x')
  await form.getByRole('button', { name: 'Bind' }).click()
  await form.getByText('bound is bound to amq.direct').waitFor()
  await form.getByLabel('To').selectOption('Exchange')
  await form.getByLabel('Name', { exact: true }).fill('below')
  await form.getByRole('button', { name: 'Bind' }).click()
  await form.getByText('below is bound to amq.direct').waitFor()

  const outgoing = page.getByRole('region', { name: 'Bindings to queues and exchanges' })
  await outgoing.getByText('1–2 of 2 bindings').waitFor()
  const row = outgoing.getByRole('row').filter({ hasText: 'a/b %<c>' })
  expect(await cellsOf(row)).toContain('bound queue | a/b %<c> | note: x')
  await row.getByRole('button', { name: 'Unbind' }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove this binding?' })
  await dialog.getByRole('button', { name: 'Unbind' }).click()
  await outgoing.getByText('1–1 of 1 bindings').waitFor()

  await outgoing.getByRole('link', { name: 'below' }).click()
  const incoming = page.getByRole('region', { name: 'Bindings from other exchanges' })
  await incoming.getByRole('link', { name: 'amq.direct' }).waitFor()
})

test('a message is published, and whether a queue got it is told', async ({ broker, open }) => {
  const api = managementClient(broker)
  await api.put('/queues/%2F/published', {})
  const page = await open('/console/#/exchanges/%2F/amq.default')
  await page.getByRole('heading', { name: 'Exchange (default)' }).waitFor()
  await page.getByText('Publish a message', { exact: true }).click()
  const form = page.getByRole('form', { name: 'Publish a message' })
  await form.getByLabel('Routing key').fill('nowhere')
  await form.getByLabel('Body', { exact: true }).fill('{"is":"<b>"}')
  await form.getByRole('button', { name: 'Publish' }).click()
  await form.getByText('Published, and no queue got it').waitFor()

  await form.getByLabel('Routing key').fill('published')
  await form.getByLabel('Headers: name 1').fill('tries')
  await form.getByLabel('Headers: type 1').selectOption('Number')
  await form.getByLabel('Headers: value 1').fill('2')
  await form.getByText('Properties', { exact: true }).click()
  await form.getByLabel('Content type').fill('application/json')
  await form.getByLabel('Priority').fill('7')
  await form.getByRole('button', { name: 'Publish' }).click()
  await form.getByText('Published', { exact: true }).waitFor()
  const asked = { ackmode: 'ack_requeue_false', count: 10, encoding: 'auto' }
  expect(await api.post('/queues/%2F/published/get', asked)).toMatchObject([
    {
      payload: '{"is":"<b>"}',
      properties: {
        content_type: 'application/json',
        priority: 7,
        delivery_mode: 2,
        headers: { tries: 2 },
      },
    },
  ])
})

test('the default exchange can neither be deleted nor bound', async ({ open }) => {
  const page = await open('/console/#/exchanges/%2F/amq.default')
  await page.getByRole('region', { name: 'Details' }).waitFor()
  expect(await page.getByRole('button', { name: 'Delete' }).count()).toBe(0)
  expect(await page.getByText('Add a binding').count()).toBe(0)
})
