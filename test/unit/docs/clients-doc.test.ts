// Keeps the table of docs/clients.md in step with interop/ and with the versions that are installed.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findDebianPeers, type PeerName } from '../../../interop/support/debian-peers.ts'
import { tableRows } from './markdown.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Says which release of which system this is. */
const RELEASE = '/etc/os-release'

const clients = tableRows(read('docs/clients.md')).map(([link = '', version, folder = '']) => ({
  name: link.replace(/^\[(.*)\].*/, '$1'),
  version,
  folder: folder.replaceAll('`', ''),
}))

/** Of the folders there, those that no client has. */
const NO_CLIENTS = ['rabbitmq', 'shells', 'support']

const debianPeers = findDebianPeers()
const isDebians = ({ name }: { name: string }): boolean => name in debianPeers

it('has a row for every folder of interop/ that a client has', () => {
  const folders = readdirSync(join(root, 'interop'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_CLIENTS.includes(entry.name))
    .map(({ name }) => `interop/${name}/`)
  expect(clients.map(({ folder }) => folder).sort()).toEqual(folders.sort())
})

const fromNpm = clients.filter((client) => !isDebians(client))
it.each(fromNpm)('names the version of $name that the tests run with', ({ name, version }) => {
  const manifest = JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string }
  expect(version).toBe(manifest.version)
})

const release = existsSync(RELEASE) ? readFileSync(RELEASE, 'utf8') : ''
const isDebian12 = /^ID=debian$/m.test(release) && /^VERSION_ID="12"$/m.test(release)
for (const { name, version } of clients.filter(isDebians)) {
  const peer = debianPeers[name as PeerName]
  const missing = 'missing' in peer ? peer.missing : undefined
  const unknown = isDebian12 ? missing : 'this is not Debian 12'
  const suffix = unknown === undefined ? '' : ` (skipped: ${unknown})`
  it.skipIf(unknown !== undefined)(`names Debian 12's version of ${name}${suffix}`, () => {
    expect(peer).toEqual({ version })
  })
}
