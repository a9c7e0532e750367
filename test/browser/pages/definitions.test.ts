// Definitions: to a file, and from one.

import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { browserTest } from '../support/browser-test.ts'
import { managementClient } from './management-client.ts'
import { refusal } from './refusal.ts'

const test = browserTest()

const fileOf = (text: string) => ({
  name: 'given.json',
  mimeType: 'application/json',
  buffer: Buffer.from(text),
})

test('definitions are downloaded, of everything or of one virtual host', async ({
  broker,
  open,
}) => {
  await managementClient(broker).put('/queues/%2F/exported', {})
  const page = await open('/console/#/definitions')
  const card = page.getByRole('region', { name: 'Export' })
  const downloaded = async (): Promise<Record<string, unknown>> => {
    const started = page.waitForEvent('download')
    await card.getByRole('link', { name: 'Download' }).click()
    const download = await started
    expect(download.suggestedFilename()).toBe('definitions.json')
    return JSON.parse(await readFile(await download.path(), 'utf8'))
  }
  expect(await downloaded()).toMatchObject({
    users: [expect.objectContaining({ name: 'guest' })],
    queues: [expect.objectContaining({ name: 'exported', vhost: '/' })],
  })
  await card.getByLabel('Of').selectOption('/')
  const ofOne = await downloaded()
  expect(ofOne).not.toHaveProperty('users')
  expect(ofOne).toMatchObject({ queues: [{ name: 'exported' }] })
})

test('definitions are imported when one says so twice', async ({ broker, open }) => {
  const page = await open('/console/#/definitions')
  const card = page.getByRole('region', { name: 'Import' })
  const queue = { name: 'imported', vhost: '/', durable: true, auto_delete: false, arguments: {} }
  await card.getByLabel('File').setInputFiles(fileOf(JSON.stringify({ queues: [queue] })))
  await card.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import these definitions?' })
  await dialog.getByText('given.json').waitFor()
  await dialog.getByRole('button', { name: 'Import' }).click()
  await card.getByText('given.json is imported').waitFor()
  expect(await managementClient(broker).get('/queues/%2F/imported')).toMatchObject({
    durable: true,
  })
})

test('what cannot be imported is told, in the words of the broker', async ({ open, allow }) => {
  const page = await open('/console/#/definitions')
  const card = page.getByRole('region', { name: 'Import' })
  await card.getByLabel('File').setInputFiles(fileOf('{'))
  await card.getByText('given.json is not JSON').waitFor()
  expect(await card.getByRole('button', { name: 'Import' }).count()).toBe(0)

  allow(refusal(400))
  const vhostless = { queues: [{ name: 'q', vhost: 'nowhere', durable: true, arguments: {} }] }
  await card.getByLabel('File').setInputFiles(fileOf(JSON.stringify(vhostless)))
  await card.getByRole('button', { name: 'Import' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await dialog.getByRole('alert').filter({ hasText: 'nowhere' }).waitFor()
})
