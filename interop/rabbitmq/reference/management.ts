// RabbitMQ's management API, as far as scenarios need it.

import type { Administration, Permissions, Policy } from '../stage/administration.ts'
import type { Reference } from './node.ts'

const PATIENCE_MS = 30_000

export class Management implements Administration {
  readonly #base: string
  readonly #virtualHost: string

  constructor({ managementPort }: Pick<Reference, 'managementPort'>, virtualHost: string) {
    this.#base = `http://127.0.0.1:${managementPort}/api`
    this.#virtualHost = virtualHost
  }

  async addVirtualHost(): Promise<void> {
    await this.#request('PUT', `/vhosts/${this.#virtualHost}`, {})
  }

  /** Each one that stays makes the next one slower. */
  async removeVirtualHost(): Promise<void> {
    await this.#request('DELETE', `/vhosts/${this.#virtualHost}`)
  }

  async setPolicy(name: string, policy: Policy): Promise<void> {
    await this.#request('PUT', `/policies/${this.#virtualHost}/${name}`, body(policy))
  }

  async deletePolicy(name: string): Promise<void> {
    await this.#request('DELETE', `/policies/${this.#virtualHost}/${name}`)
  }

  async setOperatorPolicy(name: string, policy: Policy): Promise<void> {
    await this.#request('PUT', `/operator-policies/${this.#virtualHost}/${name}`, body(policy))
  }

  async deleteOperatorPolicy(name: string): Promise<void> {
    await this.#request('DELETE', `/operator-policies/${this.#virtualHost}/${name}`)
  }

  async setLimit(name: string, value: number): Promise<void> {
    await this.#request('PUT', `/vhost-limits/${this.#virtualHost}/${name}`, { value })
  }

  async setUserLimit(user: string, name: string, value: number): Promise<void> {
    await this.#request('PUT', `/user-limits/${user}/${name}`, { value })
  }

  async addUser(label: string, permissions?: Permissions, tag = ''): Promise<string> {
    const name = `${label}-${this.#virtualHost}`
    await this.#request('PUT', `/users/${name}`, { password: 'secret', tags: tag })
    if (permissions !== undefined)
      await this.#request('PUT', `/permissions/${this.#virtualHost}/${name}`, permissions)
    return name
  }

  async setTopicPermissions(
    user: string,
    exchange: string,
    write: string,
    read: string,
  ): Promise<void> {
    const path = `/topic-permissions/${this.#virtualHost}/${user}`
    await this.#request('PUT', path, { exchange, write, read })
  }

  /**
   * The management plugin learns of connections a little later than they are there, and until then may
   * stumble over one that it knows half of.
   */
  async closeConnections(reason?: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    const headers = reason === undefined ? {} : { 'x-reason': reason }
    for (;;) {
      const path = `/vhosts/${this.#virtualHost}/connections`
      const response = await this.#send('GET', path)
      if (response.status < 500) {
        await assertOk(response, `GET ${path}`)
        const connections = (await response.json()) as readonly { readonly name: string }[]
        for (const { name } of connections) {
          await this.#request('DELETE', connectionPath(name), undefined, headers)
        }
        if (connections.length > 0) return
      }
      if (Date.now() > deadline) throw new Error('the management plugin knows no connections')
    }
  }

  async #request(
    verb: string,
    path: string,
    content?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const response = await this.#send(verb, path, content, headers)
    await assertOk(response, `${verb} ${path}`)
    return response
  }

  #send(
    verb: string,
    path: string,
    content?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`
    return fetch(this.#base + path, {
      method: verb,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  }
}

async function assertOk(response: Response, what: string): Promise<void> {
  if (response.ok) return
  throw new Error(`${what}: ${response.status} ${await response.text()}`)
}

function body({ pattern, definition, priority = 0, applyTo = 'all' }: Policy): unknown {
  return { pattern, definition, priority, 'apply-to': applyTo }
}

const connectionPath = (name: string): string => `/connections/${encodeURIComponent(name)}`
