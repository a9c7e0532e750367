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
  /** What queues are that say nothing of their type. */
  readonly defaultQueueType?: DefaultQueueType
}

export type DefaultQueueType = 'classic' | 'quorum' | 'stream'

export interface UserDefinition {
  readonly kind: 'user'
  readonly name: string
  /** In base64: four octets of salt, and the SHA-256 of the salt and the password. */
  readonly passwordHash: string
  readonly tags: readonly string[]
  readonly limits: Limits
}

/** How many of something there may be, by RabbitMQ's names: `max-connections` for one. */
export type Limits = ReadonlyMap<string, number>

/** What a user may do in a vhost: regular expressions for the names of what it may touch. */
export interface PermissionDefinition {
  readonly kind: 'permission'
  readonly user: string
  readonly vhost: string
  readonly configure: string
  readonly write: string
  readonly read: string
}

/** The same for the routing keys of a topic exchange, or of another one that has such permissions. */
export interface TopicPermissionDefinition {
  readonly kind: 'topic-permission'
  readonly user: string
  readonly vhost: string
  readonly exchange: string
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
  /** Left out where it is. What is not is stored in a cluster only, since other nodes have to know. */
  readonly durable?: false
  /**
   * What the message log knows it by, if it keeps messages. In a cluster each has one that was declared:
   * another exchange of that name has another one.
   */
  readonly id?: number
  /** Where in a cluster the messages are that it keeps. */
  readonly place?: QueuePlace
}

export interface QueueDefinition {
  readonly kind: 'queue'
  readonly vhost: string
  readonly name: string
  readonly autoDelete: boolean
  readonly arguments: FieldTable
  /** Left out where it is. What is not is stored in a cluster only, since other nodes have to know. */
  readonly durable?: false
  /** Whether it is that of one connection, on the node that it is placed on. */
  readonly exclusive?: true
  /** Where it is; left out for a broker alone. */
  readonly place?: QueuePlace
  /** What the message log knows the queue by: another queue of that name has another one. */
  readonly id: number
  /** How many priorities its messages have, and ids it has, where that is not in its arguments. */
  readonly priorityLevels?: number
  /** What the message log knows those by that are to come to it later, once there was any. */
  readonly delayId?: number
  /** Whether consumers get nothing from it. */
  readonly isPaused?: boolean
}

/** Where in a cluster a queue is, for as long as it is. */
export type QueuePlace = ShardPlace | NodePlace

/** On whichever node owns the shard. */
export interface ShardPlace {
  readonly shard: number
}

/** In the memory of one process, and gone with it. */
export interface NodePlace {
  readonly node: string
  /** A process that takes the node's name later has another one. */
  readonly incarnation: string
}

export interface BindingDefinition {
  readonly kind: 'binding'
  readonly vhost: string
  readonly source: string
  readonly destinationKind: 'queue' | 'exchange'
  readonly destination: string
  readonly routingKey: string
  readonly arguments: FieldTable
  /** Of the very exchange and destination that are meant, where these have such ids. */
  readonly sourceId?: number
  readonly destinationId?: number
}

/** What a policy sets, as in RabbitMQ's JSON: a name without `x-`, `message-ttl` for one, and a value. */
export type PolicyValue =
  | string
  | number
  | boolean
  | readonly PolicyValue[]
  | { readonly [name: string]: PolicyValue }

export type PolicyDefinition = ReadonlyMap<string, PolicyValue>

/** What a policy may be for; all queues are meant by `queues`. */
export type ApplyTo =
  | 'all'
  | 'exchanges'
  | 'queues'
  | 'classic_queues'
  | 'quorum_queues'
  | 'streams'

interface PolicyProperties {
  readonly vhost: string
  readonly name: string
  /** A regular expression for the names of queues and exchanges. */
  readonly pattern: string
  readonly applyTo: ApplyTo
  readonly priority: number
  readonly definition: PolicyDefinition
}

/** Sets options of the queues and exchanges whose names match. */
export interface UserPolicyDefinition extends PolicyProperties {
  readonly kind: 'policy'
}

/** Limits what the others may set. */
export interface OperatorPolicyDefinition extends PolicyProperties {
  readonly kind: 'operator-policy'
}

/** What JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue }

/** Something that a component of the broker is told about a vhost: `vhost-limits` is one. */
export interface ParameterDefinition {
  readonly kind: 'parameter'
  readonly component: string
  readonly vhost: string
  readonly name: string
  readonly value: JsonValue
}

/** Something that is told about the whole broker: `cluster_name` for one. */
export interface GlobalParameterDefinition {
  readonly kind: 'global-parameter'
  readonly name: string
  readonly value: JsonValue
}

export type Definition =
  | VhostDefinition
  | UserDefinition
  | PermissionDefinition
  | TopicPermissionDefinition
  | ExchangeDefinition
  | QueueDefinition
  | BindingDefinition
  | UserPolicyDefinition
  | OperatorPolicyDefinition
  | ParameterDefinition
  | GlobalParameterDefinition

export type DefinitionKind = Definition['kind']

/** Those of one kind. */
export type DefinitionOf<Kind extends DefinitionKind> = Extract<Definition, { kind: Kind }>

/** As much of a definition as names it. */
export type DefinitionName =
  | Pick<VhostDefinition, 'kind' | 'name'>
  | Pick<UserDefinition, 'kind' | 'name'>
  | Pick<PermissionDefinition, 'kind' | 'user' | 'vhost'>
  | Pick<TopicPermissionDefinition, 'kind' | 'user' | 'vhost' | 'exchange'>
  | Pick<ExchangeDefinition, 'kind' | 'vhost' | 'name'>
  | Pick<QueueDefinition, 'kind' | 'vhost' | 'name'>
  | BindingDefinition
  | Pick<UserPolicyDefinition, 'kind' | 'vhost' | 'name'>
  | Pick<OperatorPolicyDefinition, 'kind' | 'vhost' | 'name'>
  | Pick<ParameterDefinition, 'kind' | 'component' | 'vhost' | 'name'>
  | Pick<GlobalParameterDefinition, 'kind' | 'name'>

/** The names of those of one kind. */
export type DefinitionNameOf<Kind extends DefinitionKind> = Extract<DefinitionName, { kind: Kind }>
