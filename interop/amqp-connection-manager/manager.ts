// Connection managers that end with the test that made them, and retry without waiting for long.

import {
  type AmqpConnectionManager,
  type AmqpConnectionManagerOptions,
  type ChannelWrapper,
  type ConnectionUrl,
  connect,
} from 'amqp-connection-manager'
import { onTestFinished } from 'vitest'

export function manage(
  urls: ConnectionUrl | ConnectionUrl[],
  options: AmqpConnectionManagerOptions = {},
): AmqpConnectionManager {
  const manager = connect(urls, { reconnectTimeInSeconds: 0.02, ...options })
  onTestFinished(() => manager.close())
  return manager
}

/** The next event of that name, of a manager or of a channel wrapper. */
export function event<T>(source: AmqpConnectionManager | ChannelWrapper, name: string): Promise<T> {
  return new Promise((resolve) => {
    source.once(name, (value: T) => resolve(value))
  })
}
