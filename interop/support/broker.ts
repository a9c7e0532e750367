// The broker under test: Leveret in this process, a cluster, or the broker that INTEROP_URL names, so that
// every expectation in these suites can be checked against a real RabbitMQ.

import { test } from 'vitest'
import { clusterUrls, isOnCluster } from '../../test/support/cluster-urls.ts'

export interface BrokerUnderTest {
  /** `amqp://user:password@host:port`, and the virtual host unless it is `/`; of a cluster, the next node's. */
  readonly url: string
  readonly port: number
  /** Raises or clears the memory alarm. Only for `ownBrokerTest`. */
  setAlarm(raised: boolean): void
  /** Shuts Leveret down; leaves a broker alone that is not ours. */
  close(): Promise<void>
}

/** Brokers to test instead of a Leveret of our own, if there are any: if there are several, nodes of a cluster. */
const externalUrls = (await clusterUrls()) ?? process.env['INTEROP_URL']?.split(',')

/** One of them. */
export const externalUrl: string | undefined = externalUrls?.[0]

/** Why a test may not restart or alarm the broker, if it may not. */
export const notOurs: string | undefined =
  externalUrl === undefined
    ? undefined
    : isOnCluster
      ? 'other tests use the nodes at the same time'
      : 'INTEROP_URL is not ours to disturb'

/**
 * Starts a Leveret without a data directory.
 * `port` brings it back at the place of one that was closed; by default it takes a free port.
 * `vhost` is the virtual host that a broker of our own has.
 */
export async function startBroker(
  options: { port?: number; vhost?: string } = {},
): Promise<BrokerUnderTest> {
  if (externalUrls !== undefined) return new ExternalBroker(externalUrls)
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

class ExternalBroker implements BrokerUnderTest {
  readonly port: number
  readonly #urls: readonly string[]
  static #given = 0

  constructor(urls: readonly string[]) {
    this.#urls = urls
    this.port = Number(new URL(this.url).port || 5672)
  }

  /** So that clients are spread over the nodes, those of other files included. */
  get url(): string {
    return this.#urls[ExternalBroker.#given++ % this.#urls.length] as string
  }

  setAlarm(): void {
    throw new Error(notOurs)
  }

  async close(): Promise<void> {}
}

/** A test that restarts or alarms its broker, which it may only do to one of our own. */
export function ownBrokerTest(name: string, run: () => Promise<void>): void {
  const reason = notOurs === undefined ? '' : ` (skipped: ${notOurs})`
  test.skipIf(notOurs !== undefined)(name + reason, run)
}
