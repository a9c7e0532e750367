// Why a message comes, or does not.

import { expect } from 'vitest'
import { browserTest, type Visitor } from '../support/browser-test.ts'
import { screenshot } from '../support/screenshot.ts'
import { managementClient } from './management-client.ts'
import { cellsOf } from './rows.ts'

const test = browserTest()

async function bind(
  visitor: Visitor,
  exchange: string,
  type: string,
  bindings: object,
): Promise<void> {
  const api = managementClient(visitor.broker)
  await api.put(`/exchanges/%2F/${exchange}`, { type })
  for (const [queue, binding] of Object.entries(bindings)) {
    await api.put(`/queues/%2F/${queue}`, {})
    await api.post(`/bindings/%2F/e/${exchange}/q/${queue}`, binding)
  }
}

test('which bindings match, and why not the others', async (visitor) => {
  await bind(visitor, 'events', 'topic', {
    all: { routing_key: 'order.#' },
    paid: { routing_key: 'order.*.paid' },
  })
  const page = await visitor.open('/console/#/exchanges/%2F/events')
  const form = page.getByRole('form', { name: 'Explain a route' })
  await form.getByLabel('Routing key').fill('order.eu')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It goes to 1 queue', { exact: true }).waitFor()
  const table = page.getByRole('table', { name: 'Bindings of events' })
  expect(await cellsOf(table.getByRole('row').nth(1))).toMatch(/^✓ yes .*order\.#/)
  expect(await cellsOf(table.getByRole('row').nth(2))).toMatch(/^✗ no .*'paid'.*order\.\*\.paid/)
  await table.scrollIntoViewIfNeeded()
  await screenshot(page, 'route-explainer')

  await form.getByLabel('Routing key').fill('order.eu.paid')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It goes to 2 queues', { exact: true }).waitFor()
  await page.getByRole('listitem').getByRole('link', { name: 'paid' }).click()
  await page.getByRole('heading', { name: 'Queue paid' }).waitFor()
})

test('why it goes nowhere', async (visitor) => {
  await bind(visitor, 'dead', 'direct', { exact: { routing_key: 'a' } })
  const page = await visitor.open('/console/#/exchanges/%2F/dead')
  const form = page.getByRole('form', { name: 'Explain a route' })
  await form.getByLabel('Routing key').fill('<img src=x onerror=alert(1)>')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It goes to no queue: no binding matches').waitFor()
  await page.getByText('✗ no').waitFor()
  expect(await page.locator('img[src=x]').count()).toBe(0)
})

test('which headers it takes', async (visitor) => {
  await bind(visitor, 'traits', 'headers', {
    both: { arguments: { 'x-match': 'all', colour: 'red', size: 3 } },
  })
  const page = await visitor.open('/console/#/exchanges/%2F/traits')
  const form = page.getByRole('form', { name: 'Explain a route' })
  await form.getByLabel('Headers: name 1').fill('colour')
  await form.getByLabel('Headers: value 1').fill('red')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText(/It goes to no queue/).waitFor()
  const why = page.getByRole('table', { name: 'Bindings of traits' }).getByRole('row').nth(1)
  expect(await cellsOf(why)).toContain('size')
  await form.getByRole('button', { name: 'Add a row' }).click()
  await form.getByLabel('Headers: name 2').fill('size')
  await form.getByLabel('Headers: type 2').selectOption('Number')
  await form.getByLabel('Headers: value 2').fill('3')
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It goes to 1 queue', { exact: true }).waitFor()
})

test('what it meets on its way, by other exchanges', async (visitor) => {
  const api = managementClient(visitor.broker)
  await bind(visitor, 'second', 'fanout', { last: {} })
  await api.put('/exchanges/%2F/first', {
    type: 'direct',
    arguments: { 'alternate-exchange': 'second' },
  })
  const page = await visitor.open('/console/#/exchanges/%2F/first')
  const form = page.getByRole('form', { name: 'Explain a route' })
  await form.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It goes to 1 queue', { exact: true }).waitFor()
  await page.getByRole('heading', { name: 'second fanout, as the alternate exchange' }).waitFor()
})
