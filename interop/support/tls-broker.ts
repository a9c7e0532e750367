// A Leveret that asks for certificates, and a client's that names the user `ann`.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Authority } from '../../test/support/certificates.ts'

export interface TlsBroker {
  /** `amqps://guest:guest@localhost:…` */
  readonly url: string
  /** The authority of all, the client's certificate and its key, in PEM form. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Where files `ca.pem`, `cert.pem` and `key.pem` have the same. */
  readonly directory: string
  close(): Promise<void>
}

export async function startTlsBroker(): Promise<TlsBroker> {
  const { createBroker } = await import('../../src/index.ts')
  const authority = new Authority()
  const { cert: tlsCert, key: tlsKey } = authority.issue()
  const { cert, key } = authority.issue({ subject: [['CN', 'ann']] })
  const ca = authority.cert
  const options = { tlsPort: 0, tlsCert, tlsKey, tlsCa: ca, tlsVerify: 'peer' } as const
  const broker = await createBroker({ port: 0, dataDir: 'none', ...options })
  await broker.users.put('ann', { password: 'unguessable', tags: [] })
  const rights = { configure: '.*', write: '.*', read: '.*' }
  await broker.permissions.put({ user: 'ann', vhost: '/', ...rights })

  const directory = mkdtempSync(join(tmpdir(), 'leveret-interop-tls-'))
  for (const [name, pem] of Object.entries({ ca, cert, key })) {
    writeFileSync(join(directory, `${name}.pem`), pem)
  }
  return {
    // The name that the broker's certificate is for.
    url: (broker.tlsUrl as string).replace('127.0.0.1', 'localhost'),
    ...{ ca, cert, key, directory },
    close: async () => {
      await broker.close()
      rmSync(directory, { recursive: true })
    },
  }
}
