import { expect, it } from 'vitest'
import { RunningProgram } from '../../support/program.ts'

const GUEST = { authorization: `Basic ${btoa('guest:guest')}` }

it('the program has the dashboard with all that its pages load', async () => {
  const program = RunningProgram.start(['--management-port', '0'])
  const [url = ''] = /http:.*$/.exec(await program.message(/^Management API on/)) ?? []
  for (const path of ['/ui/', '/console/']) {
    const page = await fetch(url + path, { headers: GUEST })
    expect([path, page.status]).toEqual([path, 200])
    const loaded = [...(await page.text()).matchAll(/(?:src|href)="([^"#:]+\.\w+)"/g)]
    expect(loaded.length).toBeGreaterThan(1)
    for (const [, file = ''] of loaded) {
      const { status } = await fetch(new URL(file, url + path), { headers: GUEST })
      expect([path, file, status]).toEqual([path, file, 200])
    }
  }
  const queues = await fetch(`${url}/ui/api/queues`, { headers: GUEST })
  expect(await queues.json()).toEqual({ queues: [] })
})
