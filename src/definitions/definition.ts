import type { FieldTable } from 'amqp-codec'

/*
 * What outlives the broker, as plain data: one value each, told apart by `kind`. Whoever has the thing
 * itself, a vhost or the users, makes these of it, and it of these.
 */

export interface VhostDefinition {
  readonly kind: 'vhost'
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
}

export interface UserDefinition {
  readonly kind: 'user'
  readonly name: string
  /** In base64: four octets of salt, and the SHA-256 of the salt and the password. */
  readonly passwordHash: string
  readonly tags: readonly string[]
}

/** What a user may do in a vhost: regular expressions for the names of what it may touch. */
export interface PermissionDefinition {
  readonly kind: 'permission'
  readonly user: string
  readonly vhost: string
  readonly configure: string
  readonly write: string
  readonly read: string
}

export interface ExchangeDefinition {
  readonly kind: 'exchange'
  readonly vhost: string
  readonly name: string
  readonly type: string
  readonly autoDelete: boolean
  readonly internal: boolean
  readonly arguments: FieldTable
}

export interface QueueDefinition {
  readonly kind: 'queue'
  readonly vhost: string
  readonly name: string
  readonly autoDelete: boolean
  readonly arguments: FieldTable
  /** What the message log knows the queue by: another queue of that name has another one. */
  readonly id: number
}

export interface BindingDefinition {
  readonly kind: 'binding'
  readonly vhost: string
  readonly source: string
  readonly destinationKind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: FieldTable
}

/** What a policy sets, as in RabbitMQ's JSON: a name without `x-`, `message-ttl` for one, and a value. */
export type PolicyValue =
  | string
  | number
  | boolean
  | readonly PolicyValue[]
  | { readonly [name: string]: PolicyValue }

export type PolicyDefinition = ReadonlyMap<string, PolicyValue>

export type Definition =
  | VhostDefinition
  | UserDefinition
  | PermissionDefinition
  | ExchangeDefinition
  | QueueDefinition
  | BindingDefinition

export type DefinitionKind = Definition['kind']

/** Those of one kind. */
export type DefinitionOf<Kind extends DefinitionKind> = Extract<Definition, { kind: Kind }>

/** As much of a definition as names it. */
export type DefinitionName =
  | Pick<VhostDefinition, 'kind' | 'name'>
  | Pick<UserDefinition, 'kind' | 'name'>
  | Pick<PermissionDefinition, 'kind' | 'user' | 'vhost'>
  | Pick<ExchangeDefinition, 'kind' | 'vhost' | 'name'>
  | Pick<QueueDefinition, 'kind' | 'vhost' | 'name'>
  | BindingDefinition
