// Whether this machine has a RabbitMQ to compare with, and how it gets one.

import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** Debian's command on the PATH is a wrapper that changes the user; this is what it runs. */
export const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

/** Where Debian's scripts ask whether they may start what they have installed. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Installs Debian's RabbitMQ where that is possible; says why it is not there when it is not. */
export function ensureInstalled(): { readonly missing?: string } {
  if (process.env['DIFFERENTIAL_RECORDED'] !== undefined) {
    return { missing: 'DIFFERENTIAL_RECORDED is set' }
  }
  if (existsSync(SERVER)) return {}
  if (process.getuid?.() !== 0) return { missing: 'rabbitmq-server is not installed' }
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    return { missing: 'rabbitmq-server is not installed, and there is no apt-get' }
  }
  installQuietly()
  return existsSync(SERVER) ? {} : { missing: 'rabbitmq-server could not be installed' }
}

/** The package starts its service on the usual ports, unless it is told that it must not. */
function installQuietly(): void {
  const hasPolicy = existsSync(POLICY)
  if (!hasPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, stdio: 'ignore', timeout: 300_000 } as const
    spawnSync('apt-get', ['update'], options)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'rabbitmq-server'], options)
  } finally {
    if (!hasPolicy) rmSync(POLICY, { force: true })
  }
}
