import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { ManagedTestBroker } from '../management/managed-broker.ts'

const { cache } = createRequire(import.meta.url)
const isLoaded = (): boolean => Object.keys(cache).some((path) => path.includes('@bull-board'))

it('loads bull-board for the first who looks at it, and for nobody else', async () => {
  const managed = await ManagedTestBroker.start()
  const look = (path: string, headers = {}): Promise<Response> =>
    fetch(`${managed.broker.managementUrl}${path}`, { headers })
  const authorization = `Basic ${btoa('guest:guest')}`
  await managed.ask('/overview')
  await look('/ui/')
  await look('/console/', { authorization })
  expect(isLoaded()).toBe(false)
  await look('/ui/', { authorization })
  expect(isLoaded()).toBe(true)
})
