// The examples of docs/embedding.md are tests themselves, in examples/; the page has them word for word.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { OPTION_ROWS } from '../../../src/config/options.ts'
import { codeBlocks, codeSpans } from './markdown.ts'

const text = readFileSync(new URL('../../../docs/embedding.md', import.meta.url), 'utf8')
const examples = new URL('examples/', import.meta.url)

describe('docs/embedding.md', () => {
  it.each(readdirSync(examples))('has %s as it runs', (file) => {
    const code = readFileSync(new URL(file, examples), 'utf8')
      .replaceAll('../../../../src/index.ts', 'leveret')
      .replaceAll("'./manual-clock.ts'", "'./manual-clock.js'")
    expect(codeBlocks(text, 'ts')).toContain(code)
  })

  it('names options that there are', () => {
    const names = codeSpans(text).filter((span) => /^[a-z][A-Za-z]*(?:Ms|Max|User|Dir)$/.test(span))
    expect(names).toContain('shutdownTimeoutMs')
    expect(names.filter((name) => !new Map<string, unknown>(OPTION_ROWS).has(name))).toEqual([])
  })
})
