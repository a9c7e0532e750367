import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ManagedBroker } from '../managed-broker.ts'
import type { Statistics } from '../statistics/statistics.ts'
import { CONTENT_TYPE, exposition } from './exposition.ts'
import { metricsOf } from './metrics.ts'

const ALL = '/metrics'
const PER_OBJECT = '/metrics/per-object'

/** Whether these pages are what is asked for. */
export function isMetricsPath(url = ''): boolean {
  return [ALL, PER_OBJECT].includes(pathOf(url))
}

const pathOf = (url: string): string => url.replace(/\?.*$/s, '')

/** What Prometheus comes for; who may have it is for the caller to know. */
export class MetricsPages {
  readonly #broker: ManagedBroker
  readonly #statistics: Statistics

  constructor(broker: ManagedBroker, statistics: Statistics) {
    this.#broker = broker
    this.#statistics = statistics
  }

  async handle({ url = '', method }: IncomingMessage, response: ServerResponse): Promise<void> {
    const perObject = pathOf(url) === PER_OBJECT
    const text = exposition(await metricsOf(this.#broker, this.#statistics, perObject))
    response.writeHead(200, {
      'content-type': CONTENT_TYPE,
      'content-length': Buffer.byteLength(text),
      'x-content-type-options': 'nosniff',
    })
    response.end(method === 'HEAD' ? undefined : text)
  }
}
