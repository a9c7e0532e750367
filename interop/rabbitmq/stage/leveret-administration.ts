// Leveret's side of what an administrator does.

import type { Broker } from '../../../src/index.ts'
import { type Administration, NotBuilt } from './administration.ts'

export class LeveretAdministration implements Administration {
  readonly #broker: Broker
  readonly #virtualHost: string

  constructor(broker: Broker, virtualHost: string) {
    this.#broker = broker
    this.#virtualHost = virtualHost
  }

  setPolicy(): Promise<void> {
    return this.#notBuilt('policies')
  }

  deletePolicy(): Promise<void> {
    return this.#notBuilt('policies')
  }

  setOperatorPolicy(): Promise<void> {
    return this.#notBuilt('operator policies')
  }

  deleteOperatorPolicy(): Promise<void> {
    return this.#notBuilt('operator policies')
  }

  setLimit(): Promise<void> {
    return this.#notBuilt('limits of a virtual host')
  }

  addUser(): Promise<string> {
    return this.#notBuilt('users')
  }

  setTopicPermissions(): Promise<void> {
    return this.#notBuilt('topic permissions')
  }

  closeConnections(): Promise<void> {
    return this.#notBuilt('closing of connections')
  }

  #notBuilt(what: string): Promise<never> {
    const where = `${this.#virtualHost}, ${this.#broker.connectionCount} connections`
    return Promise.reject(new NotBuilt(`${what}: not built (${where})`))
  }
}
