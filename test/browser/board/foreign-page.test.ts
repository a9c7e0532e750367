// A page of another site, opened by a browser that knows the password: it tries what such pages can.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect } from 'vitest'
import { queueKey } from '../../../src/dashboard/board/queue-key.ts'
import { browserTest } from '../support/browser-test.ts'
import { queuesOf } from './queues.ts'

const test = browserTest()
const queues = queuesOf(test)

let site: Server
let html = ''

beforeAll(async () => {
  site = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html)
  })
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve)
  })
})

afterAll(() => {
  site.close()
})

const BOARD_QUEUE = `/ui/api/queues/${encodeURIComponent(queueKey({ vhost: '/', name: 'prey' }))}`

const MESSAGE = '{"data":{"payload":"foreign"},"options":{}}'

/** What it sends, and to where. */
const ATTEMPTS: readonly (readonly [string, (url: string) => string])[] = [
  [
    'a form that looks like JSON',
    (url) => `<form method="post" enctype="text/plain" action="${url}${BOARD_QUEUE}/add">
      <input name='{"data":{"payload":"foreign"},"options":{},"x":"' value='"}'></form>
      <script>document.forms[0].submit()</script>`,
  ],
  [
    'a form to the API',
    (url) => `<form method="post" enctype="text/plain" action="${url}/api/queues/%2F/prey/get">
      <input name='{"count":9,"ackmode":"ack_requeue_false","encoding":"auto","x":"' value='"}'></form>
      <script>document.forms[0].submit()</script>`,
  ],
  [
    'a fetch that needs no leave',
    (url) => fetching(`${url}${BOARD_QUEUE}/add`, 'POST', 'text/plain'),
  ],
  ['a fetch of JSON', (url) => fetching(`${url}${BOARD_QUEUE}/add`, 'POST', 'application/json')],
  [
    'a fetch that purges',
    (url) => fetching(`${url}${BOARD_QUEUE}/empty`, 'PUT', 'application/json'),
  ],
  ['a fetch that deletes', (url) => fetching(`${url}/api/queues/%2F/prey`, 'DELETE', 'text/plain')],
]

/** Says in its title what it could read. */
function fetching(url: string, method: string, type: string): string {
  const body = method === 'DELETE' ? '' : `body: ${JSON.stringify(MESSAGE)},`
  const headers = `headers: { 'content-type': '${type}' }`
  return `<script>
    fetch('${url}', { method: '${method}', credentials: 'include', mode: 'cors', ${body} ${headers} })
      .then((response) => response.text(), () => 'nothing')
      .then((text) => { document.title = 'read ' + text })
  </script>`
}

for (const [what, page] of ATTEMPTS) {
  test(`${what} changes nothing`, async ({ url, open, allow }) => {
    allow(/./)
    await queues.channel.assertQueue('prey')
    await queues.channel.purgeQueue('prey')
    queues.publish('prey', 'mine')
    html = page(url)
    const { port } = site.address() as AddressInfo
    const foreign = await open('/console/')
    const answered = foreign.waitForEvent('requestfinished', (one) => one.url().startsWith(url))
    const failed = foreign.waitForEvent('requestfailed', (one) => one.url().startsWith(url))
    await foreign.goto(`http://127.0.0.1:${port}/`)
    await Promise.any([answered, failed])
    if (html.includes('fetch(')) await expect.poll(() => foreign.title()).toBe('read nothing')
    expect(await queues.bodies('prey')).toEqual(['mine'])
  })
}

test('no page of it is shown in a frame of another', async ({ url, open, allow }) => {
  allow(/./)
  html = `<iframe src="${url}/ui/"></iframe><iframe src="${url}/console/"></iframe>`
  const page = await open('/console/')
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  for (const frame of page.frames().slice(1)) {
    await expect.poll(() => frame.url()).toMatch(/^(chrome-error:|about:blank)/)
  }
})
