import { describe, expect, it } from 'vitest'
import { ManagedTestBroker } from './managed-broker.ts'

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const { broker } = await ManagedTestBroker.start()
  return fetch(`${broker.managementUrl}${path}`, { redirect: 'manual', headers })
}

const GUEST = { authorization: `Basic ${btoa('guest:guest')}` }

describe('the port of the management API', () => {
  it('leads people to the dashboard', async () => {
    for (const [path, location] of [
      ['/', '/ui/'],
      ['/ui', '/ui/'],
      ['/console', '/console/'],
    ] as const) {
      const response = await get(path, GUEST)
      expect([response.status, response.headers.get('location')]).toEqual([302, location])
    }
  })

  it.each([
    '/',
    '/ui',
    '/ui/',
    '/ui/api/queues',
    '/ui/static/x',
    '/console/',
    '/uix',
    '/favicon.ico',
  ])('asks who it is at %s', async (path) => {
    const response = await get(path)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="RabbitMQ Management"')
    expect(await response.json()).toEqual({ error: 'not_authorized', reason: 'Not_Authorized' })
  })

  it.each([
    '/console/../package.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/..%2f..%2fpackage.json',
    '/console//etc/passwd',
    '/console/%ZZ',
    '/console/constructor',
  ])('has no file %s', async (path) => {
    expect((await get(path, GUEST)).status).toBe(404)
  })

  it('shows pages only to users with a tag for it', async () => {
    const managed = await ManagedTestBroker.start()
    const credentials = await managed.addUser('plain', [], ['/'])
    const response = await fetch(`${managed.broker.managementUrl}/console/`, {
      headers: { authorization: `Basic ${btoa(credentials)}` },
    })
    const { reason } = (await response.json()) as { reason: string }
    expect([response.status, reason]).toEqual([401, 'Not management user'])
  })
})
