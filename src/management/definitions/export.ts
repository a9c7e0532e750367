import type { Administration } from '../../administration/administration.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { argumentsJson } from '../json/arguments-json.ts'
import { shownBinding } from '../json/binding-json.ts'
import {
  operatorPolicyParameterJson,
  parameterJson,
  permissionJson,
  policyJson,
  topicPermissionJson,
  userJson,
} from '../json/entities.ts'
import { vhostMetadata } from '../json/vhost-json.ts'

/** Whose definitions they are. */
export interface ExportedBroker {
  readonly administration: Administration
  readonly product: string
  readonly version: string
  readonly clusterName: string
}

/** All that is defined, as RabbitMQ writes it down. https://www.rabbitmq.com/docs/definitions */
export function exportedDefinitions(broker: ExportedBroker): object {
  const { administration, clusterName } = broker
  const { users, vhosts, permissions, topicPermissions, globalParameters } = administration
  const all = vhosts.list()
  const running = all.flatMap(({ name }) => administration.findVhost(name) ?? [])
  const of = running.map((vhost) => definitionsIn(vhost, administration))
  return {
    ...head(broker, 'cluster'),
    original_cluster_name: clusterName,
    users: users.list().map(userJson),
    vhosts: all.map((definition) => {
      const { name, description, tags, defaultQueueType } = definition
      const type = defaultQueueType === undefined ? {} : { default_queue_type: defaultQueueType }
      const metadata = vhostMetadata(definition)
      return { name, description, tags, ...type, metadata, limits: [] }
    }),
    permissions: permissions.list().map(permissionJson),
    topic_permissions: topicPermissions.list().map(topicPermissionJson),
    parameters: of.flatMap(({ parameters }) => parameters),
    global_parameters: globalParameters.list().map(({ name, value }) => ({ name, value })),
    policies: of.flatMap(({ policies }) => policies),
    queues: of.flatMap(({ queues }) => queues),
    exchanges: of.flatMap(({ exchanges }) => exchanges),
    bindings: of.flatMap(({ bindings }) => bindings),
  }
}

/** What is in one virtual host, without its name, so that it can be taken into another. */
export function exportedVhost(broker: ExportedBroker, vhost: Vhost): object {
  const { parameters, policies, queues, exchanges, bindings } = definitionsIn(
    vhost,
    broker.administration,
  )
  const withoutVhost = (things: readonly object[]): object[] =>
    things.map((thing) => ({ ...thing, vhost: undefined }))
  return {
    ...head(broker, 'single_virtual_host'),
    original_vhost_name: vhost.name,
    parameters: withoutVhost(parameters),
    policies: withoutVhost(policies),
    queues: withoutVhost(queues),
    exchanges: withoutVhost(exchanges),
    bindings: withoutVhost(bindings),
  }
}

function head({ product, version }: ExportedBroker, format: string): object {
  return {
    rabbit_version: version,
    rabbitmq_version: version,
    product_name: product,
    product_version: version,
    rabbitmq_definition_format: format,
  }
}

type Section = 'parameters' | 'policies' | 'queues' | 'exchanges' | 'bindings'

function definitionsIn(
  vhost: Vhost,
  administration: Administration,
): Readonly<Record<Section, readonly object[]>> {
  const { name } = vhost
  const { parameters, policies, operatorPolicies } = administration
  const kept = [...vhost.queues.values()].filter(isKept)
  const queues = new Set(kept.map((queue) => queue.name))
  const exchanges = [...vhost.exchanges.values()].filter((one) => !isPredeclared(one.name))
  const bindings = Array.from(vhost.bindings, shownBinding)
  return {
    parameters: [
      ...parameters
        .list()
        .filter((parameter) => parameter.vhost === name)
        .map(parameterJson),
      ...operatorPolicies.list(name).map(operatorPolicyParameterJson),
    ],
    policies: policies.list(name).map(policyJson),
    queues: kept.map((queue) => ({
      name: queue.name,
      vhost: name,
      durable: queue.durable,
      auto_delete: queue.autoDelete,
      arguments: argumentsJson(queue.arguments),
    })),
    exchanges: exchanges.map((exchange) => ({
      name: exchange.name,
      vhost: name,
      type: exchange.type,
      durable: exchange.durable,
      auto_delete: exchange.autoDelete,
      internal: exchange.internal,
      arguments: argumentsJson(exchange.arguments),
    })),
    bindings: bindings
      .filter((binding) => binding.kind === 'exchange' || queues.has(binding.destination))
      .map((binding) => ({
        source: binding.source,
        vhost: name,
        destination: binding.destination,
        destination_type: binding.kind,
        routing_key: binding.routingKey,
        arguments: argumentsJson(binding.arguments),
      })),
  }
}

/** An exclusive queue is its connection's, and goes with it. */
const isKept = ({ exclusiveOwner }: Queue): boolean => exclusiveOwner === null

const isPredeclared = (exchange: string): boolean => exchange === '' || exchange.startsWith('amq.')
