// Names, keys, headers and so on that would be something else if a page took them for more than text.

import { connect } from 'amqplib'
import { beforeAll, expect } from 'vitest'
import { visible } from '../../../src/dashboard/pages/format/names.ts'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'

const test = browserTest()

const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  `'onfocus='alert(1)' autofocus='`,
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '100%',
  '%2F%25',
  '../../users/guest',
  'a/b?c=d#e',
  'line\nbreak\ttab',
  'right\u202eto left',
  '__proto__',
  'constructor',
  'é › 兎 🐇',
]

const encoded = encodeURIComponent

beforeAll(async () => {
  const api = managementClient(test.broker)
  for (const name of NAMES) {
    await api.put(`/vhosts/${encoded(name)}`, { description: name, tags: name })
    await api.put(`/queues/%2F/${encoded(name)}`, { arguments: { [`x-${name}`]: name } })
    await api.put(`/exchanges/%2F/${encoded(name)}`, { type: 'topic', arguments: { [name]: name } })
    const address = `/bindings/%2F/e/${encoded(name)}/q/${encoded(name)}`
    await api.post(address, { routing_key: name, arguments: { [name]: name } })
    await api.put(`/users/${encoded(name)}`, { password: name, tags: name })
    await api.put(`/permissions/%2F/${encoded(name)}`, { configure: '', write: '', read: '' })
    const definition = { 'dead-letter-exchange': name }
    await api.put(`/policies/%2F/${encoded(name)}`, { pattern: 'none', definition })
  }
})

for (const [page, count] of [
  ['queues', NAMES.length],
  ['exchanges', NAMES.length],
  ['users', NAMES.length],
  ['vhosts', NAMES.length],
  ['policies', NAMES.length],
] as const) {
  test(`${page} with such names are listed as what they are`, async ({ open }) => {
    const shown = await open(`/console/#/${page}`)
    await shown.getByText(/^1–\d+ of/).waitFor()
    const cells = (await shown.locator('tbody td:first-child').allTextContents()).map((cell) =>
      cell.trim(),
    )
    expect(cells.filter((cell) => NAMES.map(visible).includes(cell))).toHaveLength(count)
    expect(await shown.locator('main script, main img').count()).toBe(0)
  })
}

for (const name of NAMES) {
  test(`${JSON.stringify(name)} is a queue and an exchange like others`, async ({ open }) => {
    const page = await open('/console/#/queues')
    await page.getByRole('link', { name: visible(name), exact: true }).click()
    await page.getByRole('heading', { name: `Queue ${visible(name)}`, exact: true }).waitFor()
    const bindings = page.getByRole('region', { name: 'Bindings', exact: true })
    await bindings.getByText('1–2 of 2 bindings').waitFor()
    await bindings.getByRole('link', { name: visible(name), exact: true }).click()
    await page.getByRole('heading', { name: `Exchange ${visible(name)}`, exact: true }).waitFor()

    const form = page.getByRole('form', { name: 'Explain a route' })
    await form.getByLabel('Headers: name 1').fill(name)
    await form.getByLabel('Headers: value 1').fill(name)
    await form.getByRole('button', { name: 'Explain' }).click()
    await page.getByText(/^It goes to no queue/).waitFor()

    await page.getByRole('button', { name: 'Unbind' }).click()
    const dialog = page.getByRole('dialog', { name: 'Remove this binding?' })
    await dialog.getByRole('button', { name: 'Unbind' }).click()
    await page.getByText('No bindings').first().waitFor()
    expect(await page.locator('main script, main img').count()).toBe(0)
  })
}

test('what a client says of itself is text, and so is its name', async ({ broker, open }) => {
  const [name = ''] = NAMES
  const clientProperties = { connection_name: name, [name]: { [name]: name } }
  const client = await connect(`amqp://127.0.0.1:${broker.port}`, { clientProperties })
  const channel = await client.createChannel()
  await channel.consume('100%', () => {}, {
    consumerTag: name,
    arguments: { [name]: name },
  })
  const page = await open('/console/#/connections')
  await page.getByRole('row').filter({ hasText: name }).getByRole('link').click()
  await page.getByText(`connection_name: ${name}`).waitFor()
  await page.getByRole('region', { name: 'Channels' }).getByRole('link').click()
  await page.getByRole('cell', { name, exact: true }).waitFor()
  await client.close()
})

test('an address that names nothing is only not found', async ({ url, open, allow }) => {
  allow(refusal(404))
  const page = await open('/console/#/queues/%2F/<img src=x onerror=alert(1)>no')
  await page.getByText('There is no such queue (Not Found)').waitFor()
  await page.goto(`${url}/console/#/nothing/<script>alert(1)</script>/%`)
  await page.getByText('There is no such page').waitFor()
  await page.goto(`${url}/console/#/queues/%2F/..`)
  await page.getByText('Browsers cannot address what is named only by dots').waitFor()
})
