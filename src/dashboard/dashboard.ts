import { packagePath } from '../base/package-path.ts'
import { HttpError, noSuchObject } from '../management/http-error.ts'
import { respond } from '../management/respond.ts'
import { StaticFiles } from './static-files.ts'
import type { Visit } from './visit.ts'

/** Our own pages as they are built. */
const PAGES = packagePath('dist/dashboard/pages')

/** What people see in a browser: queues and messages under `/ui/`, and all else under `/console/`. */
export class Dashboard {
  readonly #pages = new StaticFiles(PAGES)

  /** Throws 404, and 405. */
  async handle(visit: Visit): Promise<void> {
    const [, place, rest] = /^\/(ui|console)(?:\/(.*))?$/.exec(visit.path) ?? []
    if (place === undefined) throw noSuchObject()
    const { request, response } = visit
    if (rest === undefined) respond(request, response, 302, undefined, { location: `/${place}/` })
    else if (place === 'ui') throw noSuchObject()
    else await this.#sendPage(rest || 'index.html', visit)
  }

  async #sendPage(path: string, visit: Visit): Promise<void> {
    const { method } = visit.request
    if (method !== 'GET' && method !== 'HEAD') {
      throw new HttpError(405, 'method_not_allowed', 'Method Not Allowed', { allow: 'HEAD, GET' })
    }
    await this.#pages.send(path, visit)
  }
}
