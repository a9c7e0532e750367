import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBullBoard } from '@bull-board/api'
import { HttpError, noSuchObject } from '../../management/http-error.ts'
import type { DashboardParts } from '../dashboard-parts.ts'
import { PAGE_HEADERS } from '../page-headers.ts'
import { StaticFiles } from '../static-files.ts'
import type { Visit } from '../visit.ts'
import { BoardApi } from './board-api.ts'
import { boardPage, pageValues } from './board-page.ts'
import { BOARD_STYLE } from './board-style.ts'
import { queueKey } from './queue-key.ts'
import { ServerAdapter } from './server-adapter.ts'
import { UI_CONFIG, uiConfigFor } from './ui-config.ts'
import { UserQueues } from './user-queues.ts'
import { amqpWords } from './words.ts'

const BASE_PATH = '/ui/'
const WORDS = /^static\/locales\/[\w-]+\/messages\.json$/

/** Bull-board, which shows queues and their messages, over the queues of a broker. */
export class Board {
  readonly #parts: DashboardParts
  readonly #adapter = new ServerAdapter()
  readonly #files: StaticFiles
  readonly #api: BoardApi
  #template: Promise<string> | undefined
  #words: Promise<string> | undefined

  constructor(parts: DashboardParts) {
    this.#parts = parts
    createBullBoard({
      queues: [],
      serverAdapter: this.#adapter,
      options: { uiConfig: UI_CONFIG },
    })
    this.#files = new StaticFiles(this.#adapter.viewsPath)
    this.#api = new BoardApi(this.#adapter, parts)
  }

  /** `path` is what stands below `/ui/`. Throws 400, 403, 404 and 405. */
  async handle(path: string, visit: Visit): Promise<void> {
    if (path.startsWith('api/')) {
      await this.#api.handle(`/${path}`, visit)
      return
    }
    const { method } = visit.request
    if (method !== 'GET' && method !== 'HEAD') {
      throw new HttpError(405, 'method_not_allowed', 'Method Not Allowed', { allow: 'HEAD, GET' })
    }
    if (path === 'open') this.#open(visit)
    else if (path === 'board.css') send(visit, 'text/css; charset=utf-8', BOARD_STYLE)
    else if (WORDS.test(path)) send(visit, 'application/json', await this.#amqpWords())
    else if (path.startsWith('static/')) await this.#files.send(path, visit)
    else if (this.#isPage(`/${path}`)) await this.#sendPage(visit)
    else throw noSuchObject()
  }

  /** Leads from a queue's names to its page, so that nobody else has to know what its key is. */
  #open({ query, response }: Visit): void {
    const [vhost, name] = [query.get('vhost'), query.get('name')]
    if (vhost === null || name === null) throw noSuchObject()
    const key = encodeURIComponent(queueKey({ vhost, name }))
    response.writeHead(302, { ...PAGE_HEADERS, location: `${BASE_PATH}queue/${key}` }).end()
  }

  #isPage(path: string): boolean {
    return this.#adapter.pages.some((pattern) => pattern.match(path) !== undefined)
  }

  async #sendPage(visit: Visit): Promise<void> {
    this.#template ??= readFile(join(this.#adapter.viewsPath, 'index.ejs'), 'utf8')
    const template = await this.#template
    const queues = new UserQueues(this.#parts, visit.user)
    const config = uiConfigFor(queues.count, queues.listed().size, this.#adapter.uiConfig)
    send(visit, 'text/html; charset=utf-8', boardPage(template, pageValues(BASE_PATH, config)))
  }

  /** The same in every language: ours are in English. */
  #amqpWords(): Promise<string> {
    this.#words ??= readFile(
      join(this.#adapter.viewsPath, 'static/locales/en-US/messages.json'),
      'utf8',
    ).then((text) => JSON.stringify(amqpWords(JSON.parse(text))))
    return this.#words
  }
}

function send({ request, response }: Visit, type: string, text: string): void {
  response.writeHead(200, {
    ...PAGE_HEADERS,
    'cache-control': 'no-cache',
    'content-type': type,
    'content-length': Buffer.byteLength(text),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}
