import { encodeFieldTable, type FieldTable } from 'amqp-codec'
import { printedTable } from './arguments-json.ts'
import type {
  ApplyTo,
  Definition,
  DefinitionKind,
  DefinitionOf,
  QueuePlace,
  UserPolicyDefinition,
} from './definition.ts'
import { JsonFields } from './json-fields.ts'

/*
 * Definitions as text: the JSON objects of which RabbitMQ's definitions file is made, with its names,
 * and some fields of our own.
 *
 *     {"vhost":"/","name":"orders","durable":true,"auto_delete":false,"type":"classic",
 *      "arguments":{"x-message-ttl":60000},"arguments_encoded":"AAAAE…","id":7}
 *
 * `id` is a queue's number, or that of an exchange which keeps messages. `arguments` are for people: JSON cannot tell a long from an int, a
 * timestamp from either, or octets from text. So `arguments_encoded` has them as they came, in base64
 * of AMQP's own encoding, and is what is read.
 */

const HASHING = 'rabbit_password_hashing_sha256'

/** The value to store. */
export function encodeDefinition(definition: Definition): string {
  switch (definition.kind) {
    case 'vhost': {
      const { name, description, tags, defaultQueueType } = definition
      const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }
      const metadata = { description, tags, ...type }
      return JSON.stringify({ name, description, tags, ...type, metadata })
    }
    case 'user': {
      const { name, passwordHash: password_hash, tags } = definition
      const limits = Object.fromEntries(definition.limits)
      return JSON.stringify({ name, password_hash, hashing_algorithm: HASHING, tags, limits })
    }
    case 'permission': {
      const { user, vhost, configure, write, read } = definition
      return JSON.stringify({ user, vhost, configure, write, read })
    }
    case 'topic-permission': {
      const { user, vhost, exchange, write, read } = definition
      return JSON.stringify({ user, vhost, exchange, write, read })
    }
    case 'exchange': {
      const { vhost, name, type, durable = true, internal, id, place } = definition
      // What is undefined is left out.
      const names = { vhost, name, type, durable, auto_delete: definition.autoDelete }
      return withArguments({ ...names, internal, id, ...place }, definition.arguments)
    }
    case 'queue': {
      const { vhost, name, durable = true, autoDelete: auto_delete, exclusive, id } = definition
      const type = queueType(definition.arguments)
      const fields = {
        ...{ vhost, name, durable, auto_delete, exclusive, type, id, ...definition.place },
        priority_levels: definition.priorityLevels,
        delay_id: definition.delayId,
        paused: definition.isPaused,
      }
      return withArguments(fields, definition.arguments)
    }
    case 'binding': {
      const { vhost, source, destination, destinationKind, routingKey } = definition
      const names = { vhost, source, destination_type: destinationKind, destination }
      const ids = { source_id: definition.sourceId, destination_id: definition.destinationId }
      return withArguments({ ...names, routing_key: routingKey, ...ids }, definition.arguments)
    }
    case 'policy':
    case 'operator-policy': {
      const { vhost, name, pattern, applyTo, priority } = definition
      const settings = Object.fromEntries(definition.definition)
      const fields = { vhost, name, pattern, 'apply-to': applyTo, definition: settings, priority }
      return JSON.stringify(fields)
    }
    case 'parameter': {
      const { value, vhost, component, name } = definition
      return JSON.stringify({ value, vhost, component, name })
    }
    case 'global-parameter': {
      const { name, value } = definition
      return JSON.stringify({ name, value })
    }
    default:
      return definition satisfies never
  }
}

/** Throws when the text is not that of a definition of this kind. */
export function decodeDefinition<Kind extends DefinitionKind>(
  kind: Kind,
  text: string,
): DefinitionOf<Kind> {
  return READERS[kind](new JsonFields(text))
}

const READERS: { readonly [Kind in DefinitionKind]: (from: JsonFields) => DefinitionOf<Kind> } = {
  vhost: (from) => ({
    kind: 'vhost',
    name: from.text('name'),
    description: from.text('description'),
    tags: from.texts('tags'),
    ...(from.has('default_queue_type')
      ? { defaultQueueType: from.choice('default_queue_type', 'classic', 'quorum', 'stream') }
      : {}),
  }),
  user: (from) => {
    from.choice('hashing_algorithm', HASHING)
    return {
      kind: 'user',
      name: from.text('name'),
      passwordHash: from.text('password_hash'),
      tags: from.texts('tags'),
      limits: from.numbers('limits'),
    }
  },
  permission: (from) => ({
    kind: 'permission',
    user: from.text('user'),
    vhost: from.text('vhost'),
    configure: from.text('configure'),
    write: from.text('write'),
    read: from.text('read'),
  }),
  'topic-permission': (from) => ({
    kind: 'topic-permission',
    user: from.text('user'),
    vhost: from.text('vhost'),
    exchange: from.text('exchange'),
    write: from.text('write'),
    read: from.text('read'),
  }),
  exchange: (from) => ({
    kind: 'exchange',
    vhost: from.text('vhost'),
    name: from.text('name'),
    type: from.text('type'),
    autoDelete: from.flag('auto_delete'),
    internal: from.flag('internal'),
    arguments: from.table('arguments_encoded'),
    ...transience(from),
    ...(from.has('id') ? { id: from.count('id') } : {}),
    ...place(from),
  }),
  queue: (from) => ({
    kind: 'queue',
    vhost: from.text('vhost'),
    name: from.text('name'),
    autoDelete: from.flag('auto_delete'),
    arguments: from.table('arguments_encoded'),
    ...transience(from),
    ...(from.has('exclusive') && from.flag('exclusive') ? { exclusive: true } : {}),
    ...place(from),
    id: from.count('id'),
    ...(from.has('priority_levels') ? { priorityLevels: from.count('priority_levels') } : {}),
    ...(from.has('delay_id') ? { delayId: from.count('delay_id') } : {}),
    ...(from.has('paused') ? { isPaused: from.flag('paused') } : {}),
  }),
  binding: (from) => ({
    kind: 'binding',
    vhost: from.text('vhost'),
    source: from.text('source'),
    destinationKind: from.choice('destination_type', 'queue', 'exchange'),
    destination: from.text('destination'),
    routingKey: from.text('routing_key'),
    arguments: from.table('arguments_encoded'),
    ...(from.has('source_id') ? { sourceId: from.count('source_id') } : {}),
    ...(from.has('destination_id') ? { destinationId: from.count('destination_id') } : {}),
  }),
  policy: (from) => ({ kind: 'policy', ...policyProperties(from) }),
  'operator-policy': (from) => ({ kind: 'operator-policy', ...policyProperties(from) }),
  parameter: (from) => ({
    kind: 'parameter',
    component: from.text('component'),
    vhost: from.text('vhost'),
    name: from.text('name'),
    value: from.value('value'),
  }),
  'global-parameter': (from) => ({
    kind: 'global-parameter',
    name: from.text('name'),
    value: from.value('value'),
  }),
}

function transience(from: JsonFields): { readonly durable?: false } {
  return from.flag('durable') ? {} : { durable: false }
}

function place(from: JsonFields): { readonly place?: QueuePlace } {
  if (from.has('shard')) return { place: { shard: from.number('shard') } }
  if (!from.has('node')) return {}
  return { place: { node: from.text('node'), incarnation: from.text('incarnation') } }
}

function policyProperties(from: JsonFields): Omit<UserPolicyDefinition, 'kind'> {
  return {
    vhost: from.text('vhost'),
    name: from.text('name'),
    pattern: from.text('pattern'),
    applyTo: from.choice('apply-to', ...APPLY_TO),
    priority: from.number('priority'),
    definition: from.settings('definition'),
  }
}

const APPLY_TO: readonly ApplyTo[] = [
  'all',
  'exchanges',
  'queues',
  'classic_queues',
  'quorum_queues',
  'streams',
]

function queueType(queueArguments: FieldTable): string {
  const type = queueArguments.get('x-queue-type')
  return type?.type === 'S' ? type.value : 'classic'
}

/** By hand, since `JSON.stringify` has no numbers of 64 bits. */
function withArguments(fields: object, table: FieldTable): string {
  const encoded = encodeFieldTable(table).toString('base64')
  const start = JSON.stringify(fields).slice(0, -1)
  return `${start},"arguments":${printedTable(table)},"arguments_encoded":"${encoded}"}`
}
