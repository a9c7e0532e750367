// Makes a checkout ready to run: installs dependencies and builds, each only when it is needed.
// Plain JavaScript without dependencies, because it runs before anything is installed.

import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a build reads. Directories count by their newest entry, so that a deleted file is seen too. */
const SOURCES = ['src', 'protocol/src', 'protocol/package.json', 'tsconfig.base.json']

/** Written last by `npm install`; older than the lock file means the lock file changed since. */
const INSTALLED = 'node_modules/.package-lock.json'

/** Written last by `tsc -b`, one for each project. */
const BUILT = ['dist/.tsbuildinfo', 'protocol/dist/.tsbuildinfo']

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
  const builtAt = Math.min(...BUILT.map(modifiedAt))
  if (builtAt > 0 && builtAt >= Math.max(...SOURCES.map(newestIn))) return
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'src'], 'The build')
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

/** The newest modification time of a file, or of a directory and all that is in it. */
function newestIn(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0
  const entries = readdirSync(join(root, path)).map((name) => newestIn(join(path, name)))
  return Math.max(stat.mtimeMs, ...entries)
}

function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
