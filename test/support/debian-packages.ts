// Programs that tests run and that are only ever taken from Debian, so that a version means one thing:
// what each of them needs, and how a machine gets it.

import { spawnSync } from 'node:child_process'

/** The packages of each program; the first is the program itself, whose version counts. */
export type DebianPrograms<Name extends string> = Readonly<Record<Name, readonly string[]>>

/** Whether a program is there, and why not. */
export type Peer = { readonly version: string } | { readonly missing: string }

/** What this machine has, as it is. */
export function findDebianPrograms<Name extends string>(
  programs: DebianPrograms<Name>,
): Record<Name, Peer> {
  const versions = installedVersions(allPackages(programs))
  const find = (packages: readonly string[]): Peer => {
    const absent = packages.filter((name) => !versions.has(name))
    if (absent.length > 0) return { missing: `not installed from Debian: ${absent.join(', ')}` }
    return { version: upstreamVersion(versions.get(packages[0] as string) as string) }
  }
  const peers = Object.entries<readonly string[]>(programs).map(([name, packages]) => [
    name,
    find(packages),
  ])
  return Object.fromEntries(peers) as Record<Name, Peer>
}

/** What this machine has after the missing packages were installed, if that is possible here. */
export function installDebianPrograms<Name extends string>(
  programs: DebianPrograms<Name>,
): Record<Name, Peer> {
  const packages = allPackages(programs)
  const versions = installedVersions(packages)
  const absent = packages.filter((name) => !versions.has(name))
  const isPossible = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
  if (absent.length > 0 && isPossible) aptInstall(absent)
  return findDebianPrograms(programs)
}

function allPackages(programs: DebianPrograms<string>): string[] {
  return [...new Set(Object.values(programs).flat())]
}

function installedVersions(packages: readonly string[]): Map<string, string> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders.
  const format = '--showformat=${Package} ${db:Status-Status} ${Version}\\n'
  const { stdout } = spawnSync('dpkg-query', ['--show', format, ...packages], { encoding: 'utf8' })
  const rows = (stdout ?? '').split('\n').map((line) => line.split(' '))
  const installed = rows.filter(([, status]) => status === 'installed')
  return new Map(installed.map(([name = '', , version = '']) => [name, version]))
}

/** `4:12.2.0-3` is the third packaging of 12.2.0. */
function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '')
}

function aptInstall(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: 'ignore', timeout: 300_000 } as const
  const patiently = ['-o', 'DPkg::Lock::Timeout=120']
  spawnSync('apt-get', [...patiently, 'update'], options)
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  spawnSync('apt-get', [...patiently, ...install], options)
}
