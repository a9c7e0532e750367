// Makes a checkout ready to run: installs dependencies and builds, each only when it is needed.
// Plain JavaScript without dependencies, because it runs before anything is installed.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Written last by `npm install`; older than the lock file means the lock file changed since. */
const INSTALLED = 'node_modules/.package-lock.json'

/** What a build reads, and what it makes. */
const SOURCES = ['src', 'protocol/src', 'tsconfig.base.json', 'scripts']
const OUTPUTS = ['dist/bin.js', 'dist/dashboard/pages/console.js', 'protocol/dist/index.js']

/** As old as the start of the last build that succeeded; the compiler writes output in any case. */
const BUILT = 'dist/.built'

/** Installs dependencies if there are none or the lock file is newer. Throws if npm fails. */
export function ensureInstalled() {
  const installedAt = modifiedAt(INSTALLED)
  if (installedAt >= modifiedAt('package-lock.json')) return
  // `npm ci` empties node_modules first, which is right for a fresh clone and slow for an update.
  const command = installedAt === 0 ? 'ci' : 'install'
  npm([command, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Compiles if any source is newer than the last build. Throws if the compiler fails. */
export function ensureBuilt() {
  const builtAt = modifiedAt(BUILT)
  const isCurrent = SOURCES.every((source) => newestIn(source) <= builtAt)
  if (isCurrent && OUTPUTS.every((output) => modifiedAt(output) > 0)) return
  const startedAt = new Date()
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'src'], 'The build')
  run(process.execPath, ['scripts/build-program.mjs'], 'The build of the program')
  run(process.execPath, ['scripts/build-pages.mjs'], 'The build of the pages')
  writeFileSync(join(root, BUILT), '')
  utimesSync(join(root, BUILT), startedAt, startedAt)
}

function npm(args) {
  // Inside `npm start` this is the very npm that runs us; there is no `npm.exe` to spawn on Windows.
  const npmCli = process.env.npm_execpath
  if (npmCli) run(process.execPath, [npmCli, ...args], 'npm')
  else run('npm', args, 'npm', { shell: process.platform === 'win32' })
}

function run(command, args, what, options = {}) {
  // Standard output belongs to the program that is being made ready, so this goes to standard error.
  const stdio = ['ignore', process.stderr, 'inherit']
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio, ...options })
  if (error) throw new Error(`${what} could not be started: ${error.message}`)
  if (status !== 0) throw new Error(`${what} failed (${signal ?? `exit code ${status}`})`)
}

/**
 * The newest modification time of a file, or of a directory and all that is in it. Directories count
 * too, so that a deleted file is seen.
 */
function newestIn(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0
  const entries = readdirSync(join(root, path)).map((name) => newestIn(join(path, name)))
  return Math.max(stat.mtimeMs, ...entries)
}

function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
