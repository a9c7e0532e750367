import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { noSuchObject } from '../management/http-error.ts'
import { PAGE_HEADERS } from './page-headers.ts'
import type { Visit } from './visit.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
}

/** Files that are never changed have a hash in their names. */
const HASHED = /\.[0-9a-f]{8,}\./

/** Files of one directory. What can be asked for is listed, so that no path leads out of it. */
export class StaticFiles {
  readonly #directory: string
  #files: Promise<ReadonlyMap<string, string>> | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  /** `path` is relative to the directory. Throws 404. */
  async send(path: string, { request, response }: Visit): Promise<void> {
    const file = (await this.#list()).get(path)
    if (file === undefined) throw noSuchObject()
    const content = await readFile(file)
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'cache-control': HASHED.test(path) ? 'private, max-age=31536000, immutable' : 'no-cache',
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': content.length,
    })
    response.end(request.method === 'HEAD' ? undefined : content)
  }

  #list(): Promise<ReadonlyMap<string, string>> {
    this.#files ??= this.#read()
    return this.#files
  }

  async #read(): Promise<ReadonlyMap<string, string>> {
    // A checkout that was not built has none.
    if (!existsSync(this.#directory)) return new Map()
    const entries = await readdir(this.#directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    const paths = files.map(({ parentPath, name }) => join(parentPath, name))
    const url = (path: string): string => relative(this.#directory, path).split(sep).join('/')
    return new Map(paths.map((path) => [url(path), path]))
  }
}
