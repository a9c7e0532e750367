// Queues: a thousand of them, and one.

import { connect } from 'amqplib'
import { beforeAll, expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { cellsOf, firstCells, rowOf } from './rows.ts'

const test = browserTest()

const COUNT = 1000

beforeAll(async () => {
  const client = await connect(`amqp://127.0.0.1:${test.broker.port}`)
  const channel = await client.createChannel()
  for (let number = 1; number <= COUNT; number++) {
    await channel.assertQueue(`queue-${String(number).padStart(4, '0')}`)
  }
  for (let sent = 0; sent < 3; sent++) channel.sendToQueue('queue-0777', Buffer.from('x'))
  await channel.close()
  await client.close()
})

test('a thousand queues are listed a page at a time', async ({ open }) => {
  const page = await open('/console/#/queues')
  await page.getByText('1–100 of 1,000 queues').waitFor()
  expect(await firstCells(page)).toHaveLength(100)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByText('101–200 of 1,000 queues').waitFor()
  await page.getByRole('button', { name: 'Page 10' }).click()
  await page.getByText('901–1,000 of 1,000 queues').waitFor()
  expect((await firstCells(page)).at(-1)).toBe('queue-1000')
  expect(await page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)

  await page.getByRole('link', { name: 'queue-1000', exact: true }).click()
  await page.getByRole('heading', { name: 'Queue queue-1000' }).waitFor()
  await page.goBack()
  await page.getByText('901–1,000 of 1,000 queues').waitFor()
})

test('queues are sorted and looked for among all of them', async ({ open }) => {
  const page = await open('/console/#/queues')
  const ready = page.getByRole('button', { name: 'Ready' })
  await ready.click()
  await page
    .getByRole('columnheader', { name: 'Ready' })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor()
  await ready.click()
  await expect.poll(async () => (await firstCells(page))[0]).toBe('queue-0777')
  expect(await cellsOf(rowOf(page, 'queue-0777'))).toContain('| running | 3 | 0 | 0 |')
  await page.getByLabel('Name has').fill('QUEUE-09')
  await page.getByText('1–100 of 100 queues (1,000 in all)').waitFor()
  await page.getByLabel('Name has').fill('no such')
  await page.getByText('No queues (1,000 in all)').waitFor()
  await page.getByRole('link', { name: 'Queues', exact: true }).click()
  await page.getByText('1–100 of 1,000 queues').waitFor()
  expect(await page.getByLabel('Name has').inputValue()).toBe('')
})

test('a page that is not there any more gives way to the first', async ({ open, allow }) => {
  allow(/status of 400/)
  const page = await open('/console/#/queues?page=4711')
  await page.getByText('1–100 of 1,000 queues').waitFor()
  expect(await page.getByRole('alert').count()).toBe(0)
})

test('a list of a thousand queues comes and is drawn quickly', async ({ open }) => {
  const page = await open('/console/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  const answered = page.waitForResponse((response) => response.url().includes('/api/queues?'))
  await page.getByRole('link', { name: 'Queues', exact: true }).click()
  const body = await (await answered).body()
  expect(body.length).toBeLessThan(50_000)
  await page.getByText('1–100 of 1,000 queues').waitFor()
})

test('a queue is declared, bound, and deleted', async ({ broker, open }) => {
  const api = managementClient(broker)
  const page = await open('/console/#/queues?name=declared')
  await page.getByText('Declare a queue').click()
  const form = page.getByRole('form', { name: 'Declare a queue' })
  await form.getByLabel('Name', { exact: true }).fill('declared/here')
  await form.getByLabel('Type', { exact: true }).selectOption('quorum')
  await form.getByLabel('Arguments: name 1').fill('x-max-length')
  await form.getByLabel('Arguments: type 1').selectOption('Number')
  await form.getByLabel('Arguments: value 1').fill('5')
  await form.getByRole('button', { name: 'Declare' }).click()
  await page.getByRole('link', { name: 'declared/here', exact: true }).click()
  const details = page.getByRole('region', { name: 'Details' })
  await details.getByText('x-max-length: 5').waitFor()
  expect(await details.textContent()).toContain('quorum')

  await page.getByText('Add a binding').click()
  const binding = page.getByRole('form', { name: 'Add a binding' })
  await binding.getByLabel('From exchange').fill('amq.topic')
  await binding.getByLabel('Routing key').fill('a.#')
  await binding.getByRole('button', { name: 'Bind' }).click()
  const bindings = page.getByRole('region', { name: 'Bindings', exact: true })
  await bindings.getByRole('cell', { name: 'a.#' }).waitFor()
  expect(await bindings.getByRole('button', { name: 'Unbind' }).count()).toBe(1)
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this queue?' })
  await dialog.getByText('declared/here, with 0 messages').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Queues' }).waitFor()
  expect(await api.get('/queues/%2F?name=declared&page=1')).toMatchObject({ filtered_count: 0 })
})

test("a queue's messages are in bull-board, and a link leads there", async ({ open }) => {
  const page = await open('/console/#/queues/%2F/queue-0001')
  await page.getByRole('link', { name: 'Show the messages' }).click()
  await page.waitForURL(/\/ui\/queue\//)
  await page
    .getByRole('heading', { name: /queue-0001/ })
    .first()
    .waitFor()
})

test("a queue's consumers and messages are shown", async ({ broker, open }) => {
  const client = await connect(`amqp://127.0.0.1:${broker.port}`)
  const channel = await client.createChannel()
  await channel.consume('queue-0777', () => {}, { consumerTag: 'reader' })
  const page = await open('/console/#/queues/%2F/queue-0777')
  await page
    .getByRole('region', { name: 'Consumers' })
    .getByRole('cell', { name: 'reader' })
    .waitFor()
  const messages = page.getByRole('region', { name: 'Messages in the queue' })
  await expect.poll(() => messages.textContent()).toMatch(/Total 3Ready 0Unacknowledged 3/)
  await client.close()
})
