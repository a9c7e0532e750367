import { onTestFinished } from 'vitest'
import type { BrokerParts } from '../../../src/broker.ts'
import { type Broker, type BrokerOptions, createBroker } from '../../../src/index.ts'
import { type ConnectOptions, RawConnection } from '../../support/raw-client.ts'

/** A request besides its path. */
export interface Ask {
  readonly method?: string
  /** `user:password`; null for nobody. */
  readonly as?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text, parsed; undefined when it is empty. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at, not used.
  readonly json: any
}

/** A broker whose management API is open, for one test. */
export class ManagedTestBroker {
  readonly broker: Broker
  readonly #connections: RawConnection[] = []

  static async start(options: BrokerOptions & BrokerParts = {}): Promise<ManagedTestBroker> {
    const broker = await createBroker({ port: 0, managementPort: 0, ...options })
    const managed = new ManagedTestBroker(broker)
    onTestFinished(async () => {
      for (const { wire } of managed.#connections) wire.destroy()
      await broker.close()
    })
    return managed
  }

  private constructor(broker: Broker) {
    this.broker = broker
  }

  /** Asks for what is below `/api`. */
  async ask(path: string, { method = 'GET', as, body, headers = {} }: Ask = {}): Promise<Reply> {
    const credentials = as === undefined ? 'guest:guest' : as
    const response = await fetch(`${this.broker.managementUrl}/api${path}`, {
      method,
      headers: {
        ...headers,
        ...(credentials === null ? {} : { authorization: `Basic ${btoa(credentials)}` }),
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status } = response
    return { status, headers: response.headers, text, json: text === '' ? undefined : parsed(text) }
  }

  put(path: string, body: unknown = {}, as?: string): Promise<Reply> {
    return this.ask(path, { method: 'PUT', body, ...(as === undefined ? {} : { as }) })
  }

  post(path: string, body: unknown = {}, as?: string): Promise<Reply> {
    return this.ask(path, { method: 'POST', body, ...(as === undefined ? {} : { as }) })
  }

  delete(path: string, as?: string): Promise<Reply> {
    return this.ask(path, { method: 'DELETE', ...(as === undefined ? {} : { as }) })
  }

  /** A user with that password and these tags, who may do everything in those vhosts. */
  async addUser(name: string, tags: readonly string[], vhosts: readonly string[] = []) {
    await this.broker.users.put(name, { password: 'secret', tags })
    for (const vhost of vhosts) {
      const everything = { configure: '.*', write: '.*', read: '.*' }
      await this.broker.permissions.put({ user: name, vhost, ...everything })
    }
    return `${name}:secret`
  }

  async connect(options: ConnectOptions = {}): Promise<RawConnection> {
    const connection = await RawConnection.dial({ host: '127.0.0.1', port: this.broker.port })
    this.#connections.push(connection)
    return connection.open(options)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
