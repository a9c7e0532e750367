// Connections of rabbitmq-client that end with the test that made them.

import { Connection, type ConnectionOptions } from 'rabbitmq-client'
import { onTestFinished } from 'vitest'
import { Inbox } from '../support/inbox.ts'

/**
 * A connection that retries without waiting for long. What it emits as `error` goes to `errors`.
 * Consumers and publishers have to be closed in the test: the connection waits for its channels.
 */
export function openRabbit(
  url: string,
  options: ConnectionOptions = {},
): { rabbit: Connection; errors: Inbox<Error & { code: string }> } {
  const rabbit = new Connection({ url, retryLow: 20, retryHigh: 100, ...options })
  const errors = new Inbox<Error & { code: string }>()
  rabbit.on('error', errors.push)
  onTestFinished(async () => {
    // A test that failed may have left channels open, and then close would wait for ever.
    const abandoned = setTimeout(() => rabbit.unsafeDestroy(), 1000)
    await rabbit.close()
    clearTimeout(abandoned)
  })
  return { rabbit, errors }
}

/** The consumer's `ready`: its queue is declared and it is consuming. */
export function ready(consumer: {
  once(name: 'ready', listener: () => void): unknown
}): Promise<void> {
  return new Promise((resolve) => consumer.once('ready', resolve))
}
