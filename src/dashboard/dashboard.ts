import { packagePath } from '../base/package-path.ts'
import { HttpError, noSuchObject } from '../management/http-error.ts'
import { respond } from '../management/respond.ts'
import type { Board } from './board/board.ts'
import type { DashboardParts } from './dashboard-parts.ts'
import { StaticFiles } from './static-files.ts'
import type { Visit } from './visit.ts'

/** Our own pages as they are built. */
const PAGES = packagePath('dist/dashboard/pages')

/** What people see in a browser: queues and messages under `/ui/`, and all else under `/console/`. */
export class Dashboard {
  readonly #parts: DashboardParts
  readonly #pages = new StaticFiles(PAGES)
  #board: Promise<Board> | undefined

  constructor(parts: DashboardParts) {
    this.#parts = parts
  }

  /** Throws 404, and 405. */
  async handle(visit: Visit): Promise<void> {
    const [, place, rest] = /^\/(ui|console)(?:\/(.*))?$/.exec(visit.path) ?? []
    if (place === undefined) throw noSuchObject()
    const { request, response } = visit
    if (rest === undefined) respond(request, response, 302, undefined, { location: `/${place}/` })
    else if (place === 'ui') await (await this.#openBoard()).handle(rest, visit)
    else await this.#sendPage(rest || 'index.html', visit)
  }

  async #sendPage(path: string, visit: Visit): Promise<void> {
    const { method } = visit.request
    if (method !== 'GET' && method !== 'HEAD') {
      throw new HttpError(405, 'method_not_allowed', 'Method Not Allowed', { allow: 'HEAD, GET' })
    }
    await this.#pages.send(path, visit)
  }

  /** Most who look after a broker look at other pages, or at none. */
  #openBoard(): Promise<Board> {
    this.#board ??= import('./board/board.ts').then(({ Board }) => new Board(this.#parts))
    return this.#board
  }
}
