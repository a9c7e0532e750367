import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../../base/logger.ts'
import { addressOf } from '../address.ts'
import { HttpError, noSuchObject } from '../http-error.ts'
import { respond, respondError } from '../respond.ts'
import { isMetricsPath, type MetricsPages } from './metrics-pages.ts'

/** Metrics for whoever reaches the port they are on, as RabbitMQ has them; nothing else is there. */
export class MetricsPort {
  readonly #pages: MetricsPages
  readonly #logger: Logger

  constructor(pages: MetricsPages, logger: Logger) {
    this.#pages = pages
    this.#logger = logger
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method } = request
      if (!isMetricsPath(addressOf(request).path)) throw noSuchObject()
      if (method !== 'GET' && method !== 'HEAD') {
        respond(request, response, 405, undefined, { allow: 'GET, HEAD' })
        return
      }
      await this.#pages.handle(request, response)
    } catch (thrown) {
      if (thrown instanceof HttpError) return respondError(request, response, thrown)
      this.#logger.error({ err: thrown }, 'A fault in the metrics')
      respondError(
        request,
        response,
        new HttpError(500, 'internal_server_error', 'Internal Server Error'),
      )
    }
  }
}
