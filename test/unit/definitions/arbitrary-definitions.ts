import fc, { type Arbitrary } from 'fast-check'
import { fieldTable } from '../../../protocol/test/support/arbitraries.ts'
import type {
  ApplyTo,
  Definition,
  DefinitionKind,
  DefinitionOf,
  JsonValue,
  UserPolicyDefinition,
} from '../../../src/definitions/definition.ts'

/** Anything that a client can write into a short string, and names that are apt to be mixed up. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', 'a', '1:a', ':', 'queue', '\0', 'a\r\n'),
)
/** As whoever makes a definition writes it. */
function record<Type>(fields: { [Name in keyof Type]: Arbitrary<Type[Name]> }): Arbitrary<Type> {
  return fc.record(fields, { noNullPrototype: true }) as Arbitrary<Type>
}

const tags = fc.array(name, { maxLength: 3 })

/** As it comes out of JSON, which knows one zero only. */
const jsonValue = fc.json().map((text): JsonValue => JSON.parse(text))

const POLICY = {
  vhost: name,
  name,
  pattern: name,
  applyTo: fc.constantFrom<ApplyTo>('all', 'exchanges', 'classic_queues'),
  priority: fc.integer(),
  definition: jsonValue.map((value) => new Map([['max-length', value]])) as Arbitrary<
    UserPolicyDefinition['definition']
  >,
}

const logId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })

const QUEUE = {
  kind: fc.constant('queue'),
  vhost: name,
  name,
  autoDelete: fc.boolean(),
  arguments: fieldTable,
  id: logId,
} as const

const EXCHANGE = {
  kind: fc.constant('exchange' as const),
  vhost: name,
  name,
  type: name,
  autoDelete: fc.boolean(),
  internal: fc.boolean(),
  arguments: fieldTable,
}

const BINDING = {
  kind: fc.constant('binding'),
  vhost: name,
  source: name,
  destinationKind: fc.constantFrom('queue', 'exchange'),
  destination: name,
  routingKey: name,
  arguments: fieldTable,
} as const

const OF_KIND: { readonly [Kind in DefinitionKind]: Arbitrary<DefinitionOf<Kind>> } = {
  vhost: fc.record(
    {
      kind: fc.constant('vhost' as const),
      name,
      description: name,
      tags,
      defaultQueueType: fc.constantFrom('classic' as const, 'quorum' as const, 'stream' as const),
    },
    { requiredKeys: ['kind', 'name', 'description', 'tags'], noNullPrototype: true },
  ),
  user: record({
    kind: fc.constant('user'),
    name,
    passwordHash: fc.base64String(),
    tags,
    limits: fc.dictionary(name, fc.integer()).map((limits) => new Map(Object.entries(limits))),
  }),
  permission: record({
    kind: fc.constant('permission'),
    user: name,
    vhost: name,
    configure: name,
    write: name,
    read: name,
  }),
  'topic-permission': record({
    kind: fc.constant('topic-permission'),
    user: name,
    vhost: name,
    exchange: name,
    write: name,
    read: name,
  }),
  exchange: fc.oneof(
    record(EXCHANGE),
    record({ ...EXCHANGE, id: logId }),
    record({ ...EXCHANGE, id: logId, place: record({ shard: fc.nat() }) }),
    record({ ...EXCHANGE, durable: fc.constant(false as const), id: logId }),
  ),
  queue: fc.oneof(
    record(QUEUE),
    record({ ...QUEUE, priorityLevels: fc.constantFrom(2, 32), delayId: logId }),
    record({ ...QUEUE, isPaused: fc.boolean() }),
    record({ ...QUEUE, place: record({ shard: fc.nat() }) }),
    record({
      ...QUEUE,
      durable: fc.constant(false as const),
      exclusive: fc.constant(true as const),
      place: record({ node: name, incarnation: name }),
    }),
  ),
  binding: fc.oneof(record(BINDING), record({ ...BINDING, sourceId: logId, destinationId: logId })),
  policy: record({ kind: fc.constant('policy'), ...POLICY }),
  'operator-policy': record({ kind: fc.constant('operator-policy'), ...POLICY }),
  parameter: record({
    kind: fc.constant('parameter'),
    component: name,
    vhost: name,
    name,
    value: jsonValue,
  }),
  'global-parameter': record({
    kind: fc.constant('global-parameter'),
    name,
    value: jsonValue,
  }),
}

export const definition: Arbitrary<Definition> = fc.oneof(...Object.values(OF_KIND))
