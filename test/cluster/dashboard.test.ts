// What a person sees of a cluster in a browser, and changes in it.

import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { cellsOf, rowOf } from '../browser/pages/rows.ts'
import { browserTest } from '../browser/support/browser-test.ts'
import { screenshot } from '../browser/support/screenshot.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('the dashboard of a cluster', () => {
  const common = {
    cluster: inject('natsUrls'),
    clusterPrefix: `test-${randomUUID()}`,
    clusterShards: 4,
  }
  const test = browserTest({ ...common, nodeName: 'n1' })
  const others: Broker[] = []
  beforeAll(async () => {
    if (test.isSkipped) return
    for (const nodeName of ['n2', 'n3']) {
      others.push(await createBroker({ ...common, nodeName, port: 0, managementPort: 0 }))
    }
  })
  afterAll(async () => {
    await Promise.all(others.map((broker) => broker.close()))
  })

  const nodesOf = (page: Page) => page.getByRole('region', { name: 'Nodes' })
  const shardsOf = (page: Page) => page.getByRole('region', { name: 'Shards' })
  /** Shard by shard. */
  const ownersOf = async (page: Page): Promise<Map<string, string>> => {
    const rows = await shardsOf(page).locator('tbody tr').all()
    const cells = await Promise.all(rows.map((row) => row.getByRole('cell').allTextContents()))
    return new Map(cells.map(([shard = '', owner = '']) => [shard, owner]))
  }

  test('it shows nodes and shards, from the menu on', async ({ open }) => {
    const page = await open('/console/')
    await page.getByRole('link', { name: 'Cluster', exact: true }).click()
    await page.getByRole('heading', { name: 'Cluster', exact: true }).waitFor()
    for (const name of ['n1', 'n2', 'n3']) {
      expect(await cellsOf(rowOf(nodesOf(page), `leveret@${name}`))).toContain('running')
    }
    await page.getByText('4 of 4 shards serving').waitFor()
    await expect.poll(async () => (await ownersOf(page)).size).toBe(4)
    await screenshot(page, 'cluster')
  })

  test('it moves a shard, drains a node and ends that', async ({ open }) => {
    const page = await open('/console/#/cluster')
    await page.getByText('4 of 4 shards serving').waitFor()
    await expect.poll(async () => (await ownersOf(page)).size).toBe(4)
    const [shard = ''] = [...(await ownersOf(page))].find(([, node]) => node !== 'leveret@n3') ?? []
    await rowOf(shardsOf(page), shard).getByRole('button', { name: 'Move' }).click()
    const move = page.getByRole('dialog', { name: `Move shard ${shard}?` })
    await move.getByLabel('To').selectOption('leveret@n3')
    await move.getByRole('button', { name: 'Move' }).click()
    await expect.poll(async () => (await ownersOf(page)).get(shard)).toBe('leveret@n3')

    const third = rowOf(nodesOf(page), 'leveret@n3')
    await third.getByRole('button', { name: 'Drain' }).click()
    const drain = page.getByRole('dialog', { name: 'Drain leveret@n3?' })
    await drain.getByRole('button', { name: 'Drain' }).click()
    await expect.poll(() => cellsOf(third)).toMatch(/draining \| 0 /)
    await third.getByRole('button', { name: 'End draining' }).click()
    const back = page.getByRole('dialog', { name: 'Let leveret@n3 have shards again?' })
    await back.getByRole('button', { name: 'End draining' }).click()
    await expect.poll(() => cellsOf(third)).toMatch(/running \| [12] /)
  })

  test('who only monitors changes nothing', async ({ broker, open }) => {
    await broker.users.put('watcher', { password: 'secret', tags: ['monitoring'] })
    await broker.permissions.put({
      ...{ user: 'watcher', vhost: '/' },
      ...{ configure: '', write: '', read: '' },
    })
    const page = await open('/console/#/cluster', { as: 'watcher:secret' })
    await rowOf(nodesOf(page), 'leveret@n2').waitFor()
    expect(await page.getByRole('button', { name: 'Drain' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Move' }).count()).toBe(0)
  })

  test('it shows messages that another node has', async ({ open, url }) => {
    const headers = { authorization: `Basic ${btoa('guest:guest')}` }
    const api = (path: string, method: string, body: object): Promise<Response> =>
      fetch(`${url}/api${path}`, { method, headers, body: JSON.stringify(body) })
    // They go to the shards by turns.
    const names = ['q1', 'q2', 'q3', 'q4']
    for (const name of names) {
      await api(`/queues/%2F/${name}`, 'PUT', { durable: true })
      const message = { properties: {}, payload: `in ${name}`, delay: 0 }
      await api(`/queues/%2F/${name}/messages`, 'POST', message)
    }
    for (const name of names) {
      const page = await open(`/ui/open?vhost=%2F&name=${name}`)
      await page.getByText(`in ${name}`).first().waitFor()
    }
  })
})
