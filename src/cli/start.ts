// Runs the broker as a program: says where it listens, and stops it when the system asks for that.

import { hostAndPort } from '../base/host-and-port.ts'
import type { Logger } from '../base/logger.ts'
import type { Endpoint } from '../management/managed-broker.ts'

/** What this file needs of a broker; `createBroker` gives one. */
export interface RunningBroker {
  readonly endpoints: readonly Endpoint[]
  readonly tlsAddress: string | undefined
  readonly connectionCount: number
  reloadCertificates(): Promise<void>
  openManagement(port: number): Promise<void>
  openManagementTls(port: number): Promise<void>
  openPrometheus(port: number): Promise<void>
  close(): Promise<void>
}

/** Logs that clients may come. Call it as soon as that is so. */
export function announceListening(broker: RunningBroker, logger: Logger): void {
  // Milliseconds since the process was executed, not since this module was loaded.
  const startMs = Math.round(performance.now())
  const places = broker.endpoints.flatMap(({ protocol, host, port }) => {
    const place = `on ${hostAndPort(host, port)}`
    if (protocol === 'amqp/ssl') return [`with TLS ${place}`]
    return protocol === 'amqp' ? [place] : []
  })
  const shown = places.join(', ')
  logger.info({ startMs, pid: process.pid }, `Listening ${shown}, after ${startMs} ms`)
}

/** Logs that all is there that is asked for. */
export function announceComplete(logger: Logger): void {
  // Testcontainers and others that wait for a RabbitMQ look for these words.
  logger.info({}, 'Server startup complete')
}

/** What is served over HTTP, and where; `none` is nowhere. */
export interface HttpPorts {
  readonly managementPort: number | 'none'
  readonly managementTlsPort: number | 'none'
  readonly prometheusPort: number | 'none'
}

/**
 * Opens the ports for HTTP. Where one cannot be opened, for one since another broker on this machine has
 * it, messages go on all the same.
 */
export async function openHttpPorts(
  broker: RunningBroker,
  { managementPort, managementTlsPort, prometheusPort }: HttpPorts,
  logger: Logger,
): Promise<void> {
  const open = async (
    port: number | 'none',
    listen: (port: number) => Promise<void>,
    what: string,
  ): Promise<void> => {
    if (port === 'none') return
    try {
      await listen(port)
    } catch (err) {
      logger.error({ err }, `${what}, or none`)
    }
  }
  await open(
    managementPort,
    (port) => broker.openManagement(port),
    'The management API cannot be opened, going on without it: choose another --management-port',
  )
  await open(
    broker.tlsAddress === undefined ? 'none' : managementTlsPort,
    (port) => broker.openManagementTls(port),
    'The management API cannot be opened over TLS, going on without: choose another --management-tls-port',
  )
  await open(
    prometheusPort,
    (port) => broker.openPrometheus(port),
    'Metrics cannot be told, going on without: choose another --prometheus-port',
  )
}

/** Ctrl-C comes twice when npm passes it on as well: within this time, it is still the same one. */
const SAME_SIGNAL_MS = 500

/** Closes the broker and ends the process at the first signal; a second one ends it at once. */
export function stopOnSignals(broker: RunningBroker, logger: Logger): void {
  let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined
  const stop = (signal: NodeJS.Signals, number: number): void => {
    const nowMs = performance.now()
    if (first === undefined) {
      first = { signal, atMs: nowMs }
      void closeAndExit(broker, logger, signal)
    } else if (signal !== first.signal || nowMs - first.atMs >= SAME_SIGNAL_MS) {
      logger.warn({ signal }, 'Stopping at once, without waiting for clients')
      process.exit(128 + number)
    }
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

/**
 * Reads the certificates again when the system asks for it. Without TLS, the signal means what it does
 * to any program: its terminal is gone.
 */
export function reloadOnHangUp(broker: RunningBroker, logger: Logger): void {
  if (broker.tlsAddress === undefined) return
  process.on('SIGHUP', () => {
    broker.reloadCertificates().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error)
      logger.error(
        { reason },
        'The certificates cannot be read again, going on with those there were',
      )
    })
  })
}

async function closeAndExit(
  broker: RunningBroker,
  logger: Logger,
  signal: NodeJS.Signals,
): Promise<never> {
  const { connectionCount } = broker
  const connections = connectionCount === 1 ? '1 connection' : `${connectionCount} connections`
  logger.info({ signal, connectionCount }, `Stopping, waiting for ${connections} to close`)
  try {
    await broker.close()
  } catch (err) {
    logger.error({ err }, 'Stopping failed')
    process.exit(1)
  }
  logger.info({}, 'Server stopped')
  process.exit(0)
}
