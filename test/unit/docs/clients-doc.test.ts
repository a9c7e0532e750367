// Keeps the table of docs/clients.md in step with interop/ and with the versions that are installed.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tableRows } from './markdown.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const clients = tableRows(read('docs/clients.md')).map(([link = '', version, folder = '']) => ({
  name: link.replace(/^\[(.*)\].*/, '$1'),
  version,
  folder: folder.replaceAll('`', ''),
}))

it('has a row for every folder of interop/ that a client has', () => {
  const folders = readdirSync(join(root, 'interop'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'support')
    .map(({ name }) => `interop/${name}/`)
  expect(clients.map(({ folder }) => folder).sort()).toEqual(folders.sort())
})

it.each(clients)('names the version of $name that the tests run with', ({ name, version }) => {
  const manifest = JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string }
  expect(version).toBe(manifest.version)
})
