// Bundles what runs: src/bin.ts and src/index.ts -> dist, and what both need, or need only now and then,
// -> dist/chunks. Hundreds of modules, each a file, would take the program as long again to load as Node.js
// itself takes to start. Types are not looked at here; `tsc -b` does that, and writes their declarations.

import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const chunks = join(root, 'dist/chunks')

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts', 'src/index.ts'],
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  alias: { 'amqp-codec': './protocol/src/index.ts' },
  packages: 'external',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  metafile: true,
  logLevel: 'warning',
})

// Only now, and only what is of no use: a program that runs may load a chunk at any time.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)))
for (const name of readdirSync(chunks)) if (!built.has(name)) rmSync(join(chunks, name))
