import { type FieldTable, fieldTableFromObject } from 'amqp-codec'

export interface ServerIdentity {
  readonly serverProduct: string
  readonly serverVersion: string
  readonly clusterName: string
}

/**
 * What `connection.start` says of the broker. Clients look for capabilities by name, and some read
 * the version as one of RabbitMQ's, or believe in what `basic.qos` does only when that is the product. https://www.rabbitmq.com/docs/connections#capabilities
 */
export function serverProperties(identity: ServerIdentity): FieldTable {
  return fieldTableFromObject({
    capabilities: {
      publisher_confirms: true,
      exchange_exchange_bindings: true,
      'basic.nack': true,
      consumer_cancel_notify: true,
      'connection.blocked': true,
      consumer_priorities: true,
      authentication_failure_close: true,
      per_consumer_qos: true,
      direct_reply_to: true,
    },
    cluster_name: identity.clusterName,
    copyright: 'Copyright (c) The Leveret authors',
    information: 'Leveret, licensed under the MIT license. It speaks as RabbitMQ does.',
    platform: `Node.js ${process.versions.node}`,
    product: identity.serverProduct,
    version: identity.serverVersion,
  })
}
