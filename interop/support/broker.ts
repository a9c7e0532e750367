// The broker under test: Leveret in this process, or the broker that INTEROP_URL names, so that
// every expectation in these suites can be checked against a real RabbitMQ.

import { test } from 'vitest'

export interface BrokerUnderTest {
  /** `amqp://user:password@host:port`, and the virtual host unless it is `/`. */
  readonly url: string
  readonly port: number
  /** Raises or clears the memory alarm. Only for `ownBrokerTest`. */
  setAlarm(raised: boolean): void
  /** Shuts Leveret down; leaves a broker that INTEROP_URL names alone. */
  close(): Promise<void>
}

/** The broker to test instead of Leveret, if any: one of several, with commas between them, for each file. */
export const externalUrl: string | undefined = anyOf(process.env['INTEROP_URL']?.split(','))

function anyOf(urls: readonly string[] | undefined): string | undefined {
  return urls?.[Math.floor(Math.random() * urls.length)]
}

/**
 * Starts a Leveret without a data directory.
 * `port` brings it back at the place of one that was closed; by default it takes a free port.
 * `vhost` is the virtual host that a broker of our own has.
 */
export async function startBroker(
  options: { port?: number; vhost?: string } = {},
): Promise<BrokerUnderTest> {
  if (externalUrl !== undefined) {
    const port = Number(new URL(externalUrl).port || 5672)
    const setAlarm = () => {
      throw new Error('INTEROP_URL is not ours to alarm')
    }
    return { url: externalUrl, port, setAlarm, close: async () => {} }
  }
  // Loaded here and not above: a run against another broker needs nothing of Leveret.
  const { createBroker } = await import('../../src/index.ts')
  const { port = 0, vhost: defaultVhost = '/' } = options
  const broker = await createBroker({ port, defaultVhost, dataDir: 'none' })
  return {
    url: broker.url,
    port: broker.port,
    setAlarm: (raised) => broker.setAlarm('memory', raised),
    close: () => broker.close(),
  }
}

/** A test that restarts or alarms its broker, which it may only do to one of our own. */
export function ownBrokerTest(name: string, run: () => Promise<void>): void {
  const reason = externalUrl === undefined ? '' : ' (skipped: INTEROP_URL is not ours to disturb)'
  test.skipIf(externalUrl !== undefined)(name + reason, run)
}
