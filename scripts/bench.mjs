// `npm run bench`: installs and builds what is missing or stale, so that it never measures an old
// build, then runs the bench with the arguments it was given.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureBuilt, ensureInstalled } from './ready.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

try {
  ensureInstalled()
  ensureBuilt()
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

// Clusters have a bench of their own.
const [first, ...rest] = process.argv.slice(2)
const [main, args] =
  first === 'cluster' ? ['cluster/run.ts', rest] : ['run.ts', process.argv.slice(2)]
const bench = ['--import', 'tsx', join(root, 'bench', main), ...args]
const { status } = spawnSync(process.execPath, bench, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
