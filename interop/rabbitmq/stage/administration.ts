// What only an administrator can do, by whatever way a broker has for it.

export interface Policy {
  readonly pattern: string
  readonly definition: Readonly<Record<string, string | number | boolean>>
  readonly priority?: number
  readonly applyTo?: 'all' | 'queues' | 'exchanges'
}

/** Regular expressions, as RabbitMQ has them. */
export interface Permissions {
  readonly configure: string
  readonly write: string
  readonly read: string
}

/** It acts on the virtual host of its scenario. */
export interface Administration {
  setPolicy(name: string, policy: Policy): Promise<void>
  deletePolicy(name: string): Promise<void>
  setOperatorPolicy(name: string, policy: Policy): Promise<void>
  deleteOperatorPolicy(name: string): Promise<void>
  /** `max-queues` and `max-connections`. */
  setLimit(name: string, value: number): Promise<void>
  /** `max-connections` and `max-channels`. */
  setUserLimit(user: string, name: string, value: number): Promise<void>
  /** The user's name is the scenario's own: give it a label, and get its name. Its password is `secret`. */
  addUser(label: string, permissions?: Permissions, tag?: string): Promise<string>
  setTopicPermissions(user: string, exchange: string, write: string, read: string): Promise<void>
  /** Closes all connections of the virtual host, with this reason if there is one. */
  closeConnections(reason?: string): Promise<void>
}
