// Keeps the source tree in the shape that the house style gives it, and shows that this check can fail.

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { importCycles } from '../support/tidy/cycles.ts'
import { habitViolations } from '../support/tidy/habits.ts'
import { importsIn } from '../support/tidy/imports.ts'
import { layerViolations } from '../support/tidy/layers.ts'
import { readSourceTree } from '../support/tidy/source-tree.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the source tree', () => {
  const sources = readSourceTree(root, ['src', 'protocol/src'])
  const imports = importsIn(sources)

  it('was read', () => {
    expect(sources.has('src/config/options.ts')).toBe(true)
    expect(imports).toContainEqual({ from: 'src/config/load.ts', to: 'src/config/options.ts' })
  })

  it('imports downwards only', () => {
    expect(layerViolations(imports)).toEqual([])
  })

  it('has no import cycles', () => {
    expect(importCycles(imports)).toEqual([])
  })

  it('has one idea in a file, no barrels and nothing left open', () => {
    expect(habitViolations(sources)).toEqual([])
  })

  it('has tests that all run, under the same rules', () => {
    const others = ['test', 'protocol/test', 'protocol/codegen', 'interop', 'bench', 'scripts']
    expect(habitViolations(readSourceTree(root, others))).toEqual([])
  })
})

describe('the check of imports', () => {
  const imports = (files: Record<string, string>) => importsIn(new Map(Object.entries(files)))
  const check = (files: Record<string, string>) => layerViolations(imports(files))

  it('finds every form of import', () => {
    const text = [
      "import a from './a.ts'",
      "import type { b } from './b.ts'",
      "import {\n  c,\n  type d,\n} from './c.ts'",
      "import * as e from './e.ts'",
      "import './f.ts'",
      "export * from './g.ts'",
      "export type { h } from './h.ts'",
      "const i = await import('./i.ts')",
      "let j: import('./j.ts').J",
      "import { k } from 'node:fs'",
    ].join('\n')
    const found = imports({ 'src/queue/x.ts': text }).map(({ to }) => to)
    expect(found.sort()).toEqual(
      Array.from('abcefghij')
        .map((name) => `src/queue/${name}.ts`)
        .concat('node:fs')
        .sort(),
    )
  })

  it('finds none in code and comments', () => {
    const text =
      "// see import x from 'y'\nexport const from = 'z'\nexport function f() {\n  return 'a'\n}\n"
    expect(imports({ 'src/queue/x.ts': text })).toEqual([])
  })

  it('allows what is below, in the same module and from outside', () => {
    const files = {
      'src/vhost/vhost.ts': "import { a } from '../queue/queue.ts'\nimport { b } from './names.ts'",
      'src/queue/queue.ts': "import { c } from 'amqp-codec'\nimport { d } from 'node:fs'",
      'src/bin.ts': "import { e } from './index.ts'",
    }
    expect(check(files)).toEqual([])
  })

  it('refuses what is above, even as a type', () => {
    expect(
      check({ 'src/queue/queue.ts': "import type { A } from '../channel/channel.ts'" }),
    ).toEqual(['src/queue/queue.ts imports src/channel/channel.ts: it is of a higher layer'])
  })

  it('refuses a sibling, which is met in a port instead', () => {
    expect(check({ 'src/queue/a.ts': "import { A } from '../exchange/exchange.ts'" })).toEqual([
      'src/queue/a.ts imports src/exchange/exchange.ts: they are siblings',
    ])
    expect(check({ 'src/queue/a.ts': "import { A } from '../exchange/destination.ts'" })).toEqual(
      [],
    )
  })

  it('refuses a store engine to all but what puts it together', () => {
    const text = "import { A } from '../store/lmdb/journal.ts'"
    expect(check({ 'src/broker/persistence.ts': text })).toEqual([])
    expect(check({ 'src/broker/broker-store.ts': text })).toEqual([
      'src/broker/broker-store.ts imports src/store/lmdb/journal.ts: only broker/persistence, broker/cluster may',
    ])
    expect(check({ 'src/vhost/a.ts': "import { A } from '../store/lmdb/journal.ts'" })).toEqual([
      'src/vhost/a.ts imports src/store/lmdb/journal.ts: only broker/persistence, broker/cluster may',
    ])
  })

  it('refuses a module that the table does not know', () => {
    expect(check({ 'src/novelty/a.ts': "import { A } from '../base/fifo.ts'" })).toEqual([
      'src/novelty/a.ts imports src/base/fifo.ts: src/novelty/a.ts has no place in the table of layers',
    ])
  })

  it('refuses the codec everything, and the others its inside', () => {
    const files = {
      'protocol/src/a.ts': "import { connect } from 'node:net'",
      'src/queue/a.ts': "import { b } from '../../protocol/src/b.ts'",
    }
    expect(check(files)).toEqual([
      'protocol/src/a.ts imports node:net: the codec imports nothing but itself',
      'src/queue/a.ts imports protocol/src/b.ts: the codec is imported by its name',
    ])
  })

  it('finds cycles of any length, through types too, and each once', () => {
    const files = {
      'src/a.ts': "import './b.ts'",
      'src/b.ts': "import type { C } from './c.ts'",
      'src/c.ts': "import './a.ts'\nimport './c.ts'",
      'src/d.ts': "import './a.ts'",
    }
    expect(importCycles(imports(files))).toEqual([
      'src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts',
      'src/c.ts -> src/c.ts',
    ])
  })
})

describe('the check of single files', () => {
  const check = (path: string, text: string) => habitViolations(new Map([[path, text]]))
  // In parts, so that this file passes the check itself.
  const skipped = ['it', 'skip'].join('.')
  const open = ['TO', 'DO'].join('')

  it.each([
    ['is too long', 'src/queue/a.ts', 'a\n'.repeat(501)],
    ['gathers exports', 'src/queue/index.ts', "export * from './queue.ts'"],
    ['passes an export on', 'src/queue/a.ts', "export {\n  a,\n} from './queue.ts'"],
    ['leaves something open', 'src/queue/a.ts', `// ${open}: later`],
    ['skips a test', 'test/unit/a.test.ts', `${skipped}('works', () => {})`],
    ['has a name that says nothing', 'src/queue/utils.ts', ''],
  ])('refuses a file that %s', (_what, path, text) => {
    expect(check(path, text)).toHaveLength(1)
  })

  it.each([
    ['is just short enough', 'src/queue/a.ts', 'a\n'.repeat(500)],
    ['is one of the two entry points', 'protocol/src/index.ts', "export * from './queue.ts'"],
    ['exports what is its own', 'src/queue/a.ts', "export const a = 1\nimport { b } from './b.ts'"],
    ['skips where something is missing', 'test/unit/a.test.ts', `${skipped}If(true)('works', f)`],
  ])('allows a file that %s', (_what, path, text) => {
    expect(check(path, text)).toEqual([])
  })
})
