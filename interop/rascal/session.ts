// rascal brokers that end with the test that made them, and take their queues and exchanges along.

import type { ConsumeMessage } from 'amqplib'
import rascal, { type AckOrNack, type Broker, type Subscription, type VhostConfig } from 'rascal'
import { onTestFinished } from 'vitest'
import { Inbox } from '../support/inbox.ts'
import { unique } from '../support/scratch.ts'

/** Retries that nobody has to wait for, where rascal's default begins at a second. */
const retry = { min: 20, max: 100, factor: 2, strategy: 'exponential' }

/**
 * A broker on the default virtual host with rascal's production defaults, where every name is
 * prefixed with a namespace of its own. Its `error` events go to `errors`.
 */
export async function openRascal(
  url: string,
  vhost: VhostConfig,
  settings: Record<string, unknown> = {},
): Promise<{ rascalBroker: Broker; errors: Inbox<Error> }> {
  const rascalBroker = await rascal.BrokerAsPromised.create(
    rascal.withDefaultConfig({
      vhosts: { '/': { namespace: unique('rascal'), connection: { url }, ...vhost } },
      // A subscription that is cancelled waits for what its test did not acknowledge, but not for ever.
      defaults: { vhosts: { connection: { retry } }, subscriptions: { retry, closeTimeout: 500 } },
      ...settings,
    }),
  )
  const errors = new Inbox<Error>()
  rascalBroker.on('error', errors.push)
  onTestFinished(() => rascalBroker.nuke())
  return { rascalBroker, errors }
}

export interface Delivery {
  readonly message: ConsumeMessage
  readonly content: unknown
  readonly ackOrNack: AckOrNack
}

/** Subscribes and waits until that is done. */
export async function subscribe(
  rascalBroker: Broker,
  name: string,
  overrides: Record<string, unknown> = {},
): Promise<{ subscription: Subscription; inbox: Inbox<Delivery>; errors: Inbox<Error> }> {
  const subscription = await rascalBroker.subscribe(name, overrides)
  const inbox = new Inbox<Delivery>()
  const errors = new Inbox<Error>()
  const subscribed = new Promise<void>((resolve) => subscription.on('subscribed', resolve))
  subscription.on('error', errors.push)
  subscription.on('message', (message, content, ackOrNack) => {
    inbox.push({ message, content, ackOrNack })
  })
  await subscribed
  return { subscription, inbox, errors }
}

/** Publishes and waits for the confirm. Answers with the message id. */
export async function publish(
  rascalBroker: Broker,
  name: string,
  payload: unknown,
  overrides: string | Record<string, unknown> = {},
): Promise<string> {
  const publication = await rascalBroker.publish(name, payload, overrides)
  return new Promise((resolve, reject) => {
    publication.on('success', resolve).on('error', reject)
  })
}

/** How many messages are ready in the queue, asked on a connection that rascal opens for it. */
export async function readyCount(rascalBroker: Broker, name: string): Promise<number> {
  const queue = rascalBroker.getFullyQualifiedName('/', name)
  const connection = await rascalBroker.connect('/')
  return new Promise((resolve, reject) => {
    connection.createChannel((failure, channel) => {
      if (failure) return reject(failure)
      channel.checkQueue(queue, (error, ok) => {
        connection.close()
        if (error) reject(error)
        else resolve(ok.messageCount)
      })
    })
  })
}
