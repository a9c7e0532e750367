// Connections of rabbitmq-client that end with the test that made them.

import { setTimeout } from 'node:timers/promises'
import { Connection, type ConnectionOptions } from 'rabbitmq-client'
import { onTestFinished } from 'vitest'
import { Inbox } from '../support/inbox.ts'

/** A connection that retries without waiting for long. Its `error` events go to `errors`. */
export function openRabbit(
  url: string,
  options: ConnectionOptions = {},
): { rabbit: Connection; errors: Inbox<Error & { code: string }> } {
  const rabbit = new Connection({ url, retryLow: 20, retryHigh: 100, ...options })
  const errors = new Inbox<Error & { code: string }>()
  rabbit.on('error', errors.push)
  onTestFinished(async () => {
    // It waits for its channels, and a test that failed may have left some open.
    const patience = new AbortController()
    await Promise.race([rabbit.close(), setTimeout(1000, undefined, patience)])
    patience.abort()
    rabbit.unsafeDestroy()
  })
  return { rabbit, errors }
}

/** The consumer's `ready`: its queue is declared and it is consuming. */
export function ready(consumer: {
  once(name: 'ready', listener: () => void): unknown
}): Promise<void> {
  return new Promise((resolve) => consumer.once('ready', resolve))
}
