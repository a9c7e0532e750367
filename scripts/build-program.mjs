// Bundles what runs: src/bin.ts and src/index.ts -> dist, and what both need, or need only now and then,
// -> dist/chunks. Hundreds of modules, each a file, would take the program as long again to load as Node.js
// itself takes to start. Types are not looked at here; `tsc -b` does that, and writes their declarations.

import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

rmSync(new URL('../dist/chunks', import.meta.url), { recursive: true, force: true })
await build({
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
  logLevel: 'warning',
})
