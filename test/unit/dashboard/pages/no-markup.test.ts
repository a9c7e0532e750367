// What keeps names, keys and bodies from being anything but text, and the pages from asking elsewhere.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const PAGES = fileURLToPath(new URL('../../../../src/dashboard/pages', import.meta.url))

const sources = readdirSync(PAGES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(tsx?|html|css)$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(PAGES, path), 'utf8') }))

it.each([
  ['makes markup of text', /innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerously/],
  ['makes code of text', /\beval\(|new Function|setTimeout\(\s*['"`]/],
  ['names another host', /https?:\/\//],
  ['has code or styles in its markup', /<script(?![^>]*src=)|\son[a-z]+="|\sstyle=/],
])('no page %s', (_what, pattern) => {
  expect(sources.length).toBeGreaterThan(50)
  expect(sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([])
})
