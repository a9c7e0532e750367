// The clients in other languages, which Debian packages: what each of them needs, and how a machine
// gets it. They are only ever taken from Debian, so that a version means one thing.

import { spawnSync } from 'node:child_process'

/** The packages of each; the first is the client itself, whose version counts. */
export const DEBIAN_PEERS = {
  pika: ['python3-pika', 'python3'],
  'py-amqp': ['python3-amqp', 'python3'],
  kombu: ['python3-kombu', 'python3'],
  celery: ['python3-celery', 'python3'],
  'amqp-tools': ['amqp-tools'],
  rabbitmqadmin: ['rabbitmq-server', 'python3'],
  librabbitmq: ['librabbitmq-dev', 'gcc', 'libc6-dev'],
} as const satisfies Record<string, readonly string[]>

export type PeerName = keyof typeof DEBIAN_PEERS

/** Whether a peer is there, and why not. */
export type Peer = { readonly version: string } | { readonly missing: string }

/** What this machine has, as it is. */
export function findDebianPeers(): Record<PeerName, Peer> {
  const versions = installedVersions(allPackages())
  const find = (packages: readonly string[]): Peer => {
    const absent = packages.filter((name) => !versions.has(name))
    if (absent.length > 0) return { missing: `not installed from Debian: ${absent.join(', ')}` }
    return { version: upstreamVersion(versions.get(packages[0] as string) as string) }
  }
  const peers = Object.entries(DEBIAN_PEERS).map(([name, packages]) => [name, find(packages)])
  return Object.fromEntries(peers) as Record<PeerName, Peer>
}

/** What this machine has after the missing packages were installed, if that is possible here. */
export function installDebianPeers(): Record<PeerName, Peer> {
  const versions = installedVersions(allPackages())
  const absent = allPackages().filter((name) => !versions.has(name))
  const isPossible = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0
  if (absent.length > 0 && isPossible) aptInstall(absent)
  return findDebianPeers()
}

function allPackages(): string[] {
  return [...new Set(Object.values(DEBIAN_PEERS).flat())]
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
