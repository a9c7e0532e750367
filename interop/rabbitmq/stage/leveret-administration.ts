// Leveret's side of what an administrator does: mostly its own API, in this process.

import type { Broker } from '../../../src/index.ts'
import { Management } from '../reference/management.ts'
import type { Administration, Permissions, Policy } from './administration.ts'

export class LeveretAdministration implements Administration {
  readonly #broker: Broker
  readonly #virtualHost: string

  constructor(broker: Broker, virtualHost: string) {
    this.#broker = broker
    this.#virtualHost = virtualHost
  }

  async addVirtualHost(): Promise<void> {
    const all = { configure: '.*', write: '.*', read: '.*' }
    await this.#broker.vhosts.put(this.#virtualHost)
    await this.#broker.permissions.put({ user: 'guest', vhost: this.#virtualHost, ...all })
  }

  async setPolicy(name: string, policy: Policy): Promise<void> {
    await this.#broker.policies.put(this.#virtualHost, name, policy)
  }

  async deletePolicy(name: string): Promise<void> {
    await this.#broker.policies.delete(this.#virtualHost, name)
  }

  async setOperatorPolicy(name: string, policy: Policy): Promise<void> {
    await this.#broker.operatorPolicies.put(this.#virtualHost, name, policy)
  }

  async deleteOperatorPolicy(name: string): Promise<void> {
    await this.#broker.operatorPolicies.delete(this.#virtualHost, name)
  }

  async setLimit(name: string, value: number): Promise<void> {
    await this.#broker.vhostLimits.put(this.#virtualHost, { [name]: value })
  }

  async setUserLimit(user: string, name: string, value: number): Promise<void> {
    await this.#broker.userLimits.put(user, { [name]: value })
  }

  async addUser(label: string, permissions?: Permissions, tag?: string): Promise<string> {
    const name = `${label}-${this.#virtualHost}`
    await this.#broker.users.put(name, { password: 'secret', tags: tag === undefined ? [] : [tag] })
    if (permissions !== undefined)
      await this.#broker.permissions.put({ user: name, vhost: this.#virtualHost, ...permissions })
    return name
  }

  async setTopicPermissions(
    user: string,
    exchange: string,
    write: string,
    read: string,
  ): Promise<void> {
    const vhost = this.#virtualHost
    await this.#broker.topicPermissions.put({ user, vhost, exchange, write, read })
  }

  /** By HTTP: there is no other way. */
  async closeConnections(reason?: string): Promise<void> {
    await this.#broker.openManagement(0)
    const managementPort = this.#broker.managementPort as number
    await new Management({ managementPort }, this.#virtualHost).closeConnections(reason)
  }
}
