import { expect } from 'vitest'
import type { Broker } from '../../../src/index.ts'

/** The management API of a broker, as guest: what tests prepare, and look at afterwards, by it. */
export interface ManagementClient {
  get(path: string): Promise<unknown>
  put(path: string, body: unknown): Promise<void>
  post(path: string, body: unknown): Promise<unknown>
}

export function managementClient({ managementUrl }: Broker): ManagementClient {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${managementUrl}/api${path}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from('guest:guest').toString('base64')}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(300)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    get: (path) => ask('GET', path),
    put: async (path, body) => {
      await ask('PUT', path, body)
    },
    post: (path, body) => ask('POST', path, body),
  }
}
