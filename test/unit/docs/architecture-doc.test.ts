// docs/architecture.md tells its walks by the names of files, classes and functions. Whoever moves one
// of them has to move the sentence, too.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { METHODS } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { readSourceTree, type SourceTree } from '../../support/tidy/source-tree.ts'
import { codeSpans } from './markdown.ts'
import { declaredNames } from './source-names.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

// A field of a method may be mentioned where the method is.
const methods = [...METHODS.values()]
const words = new Set(methods.flatMap(({ name, fields }) => [name, ...fields.map((f) => f.name)]))

/** What in the text looks like a path, a method or an identifier, and is none. */
function missing(text: string, names: ReadonlySet<string>): string[] {
  const isThere = (span: string): boolean => {
    if (span.includes('/')) return existsSync(join(root, span))
    if (/^(?:[A-Za-z]\w*\.)?#?[A-Za-z]\w*$/.test(span)) return names.has(span) || words.has(span)
    if (/^[a-z]+\.[a-z-]+$/.test(span)) return words.has(span)
    return true
  }
  return [...new Set(codeSpans(text))].filter((span) => !isThere(span))
}

describe('docs/architecture.md', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const tree = readSourceTree(root, ['src', 'protocol/src'])
  const tidy = readSourceTree(root, ['test/support/tidy'])

  it('names what there is', () => {
    const names = declaredNames(new Map([...tree, ...tidy]))
    expect(missing(text, names)).toEqual([])
  })
})

describe('the check of names', () => {
  const source = [
    'export class Fifo<T> implements Iterable<T> {',
    '  #head: T | null = null',
    '  readonly size: number',
    '  get length(): number {',
    '    return this.#count',
    '  }',
    '  push(item: T): void {}',
    '  #grow(): void {}',
    '}',
    'export const LIMIT: number = 1',
    'function local(): void {}',
  ].join('\n')
  const tree: SourceTree = new Map([['src/base/fifo.ts', source]])
  const check = (text: string) => missing(text, declaredNames(tree))

  it('finds what files declare, and what is in classes, private or not', () => {
    const text =
      '`Fifo`, `Fifo.#head`, `Fifo.size`, `Fifo.length`, `Fifo.push`, `Fifo.#grow`, `LIMIT`, `local`'
    expect(check(text)).toEqual([])
  })

  it('misses what has gone', () => {
    expect(check('`Fifo.shift`, `Ring.push`, `Fifo.head`, `count`, `#grow`')).toEqual([
      'Fifo.shift',
      'Ring.push',
      'Fifo.head',
      'count',
      '#grow',
    ])
  })

  it('looks for paths and methods of AMQP, too', () => {
    const text = '`src/base/fifo.ts`, `src/base/`, `src/base/filo.ts`, `basic.ack`, `basic.hack`'
    expect(check(text)).toEqual(['src/base/filo.ts', 'basic.hack'])
  })

  it('leaves out blocks of code, and what is no name', () => {
    expect(check('`npm start`, `x-match`\n\n```\n`nothing`\n```\n')).toEqual([])
  })
})
