import type { IncomingMessage, ServerResponse } from 'node:http'
import { addressOf } from '../address.ts'
import type { ManagedBroker } from '../managed-broker.ts'
import type { Statistics } from '../statistics/statistics.ts'
import { CONTENT_TYPE, exposition, type Metric } from './exposition.ts'
import { detailedMetricsOf, metricsOf } from './metrics.ts'

const ALL = '/metrics'
const PER_OBJECT = '/metrics/per-object'
const DETAILED = '/metrics/detailed'

/** Whether these pages are what is asked for. */
export function isMetricsPath(path: string): boolean {
  return [ALL, PER_OBJECT, DETAILED].includes(path)
}

/** What Prometheus comes for; who may have it is for the caller to know. */
export class MetricsPages {
  readonly #broker: ManagedBroker
  readonly #statistics: Statistics

  constructor(broker: ManagedBroker, statistics: Statistics) {
    this.#broker = broker
    this.#statistics = statistics
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = exposition(await this.#metrics(request))
    response.writeHead(200, {
      'content-type': CONTENT_TYPE,
      'content-length': Buffer.byteLength(text),
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : text)
  }

  #metrics(request: IncomingMessage): Promise<Metric[]> {
    const { path, query } = addressOf(request)
    const of = [this.#broker, this.#statistics] as const
    if (path !== DETAILED) return metricsOf(...of, path === PER_OBJECT)
    const vhosts = query.has('vhost') ? query.getAll('vhost') : undefined
    return detailedMetricsOf(...of, { families: query.getAll('family'), vhosts })
  }
}
