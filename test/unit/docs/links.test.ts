// Links between the documents lead somewhere: to a file that is there, and to a heading that it has.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const docs = fileURLToPath(new URL('../../../docs', import.meta.url))
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.md'),
)

/** As the sites that show Markdown name a heading in an address. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-')

function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = '']) => anchorOf(heading))
}

function broken(page: string): string[] {
  const path = join(docs, page)
  const links = readFileSync(path, 'utf8').matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)
  return [...links]
    .filter(([, file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file)
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    })
    .map(([link]) => link)
}

it.each(pages)('has no broken link in docs/%s', (page) => {
  expect(broken(page)).toEqual([])
})

it('names headings as they are linked', () => {
  expect(anchorOf("Not there yet: TTL's end, `x-expires`")).toBe('not-there-yet-ttls-end-x-expires')
})
