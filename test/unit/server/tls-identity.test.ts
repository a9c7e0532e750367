import { createPrivateKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/config/config-error.ts'
import { TlsIdentity, type TlsIdentityOptions } from '../../../src/server/tls-identity.ts'
import { Authority } from '../../support/certificates.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'

const authority = new Authority()
const { cert, key } = authority.issue()
const NOTHING: TlsIdentityOptions = {
  tlsCert: '',
  tlsKey: '',
  tlsKeyPassphrase: '',
  tlsCa: '',
  tlsVerify: 'none',
  tlsMinVersion: '1.2',
}

const load = (options: Partial<TlsIdentityOptions>, logger = new RecordingLogger()) =>
  TlsIdentity.load({ ...NOTHING, ...options }, logger)

async function refusal(options: Partial<TlsIdentityOptions>): Promise<string> {
  const error: unknown = await load(options).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
}

describe('the identity of a broker', () => {
  it('is none without a certificate', async () => {
    expect(await load({})).toBeUndefined()
  })

  it('is read from files, text or octets', async () => {
    const path = join(temporaryDirectory(), 'cert.pem')
    writeFileSync(path, cert)
    for (const tlsCert of [path, cert, Buffer.from(cert)]) {
      const identity = await load({ tlsCert, tlsKey: Buffer.from(key), tlsMinVersion: '1.3' })
      expect(identity?.context).toEqual({ cert, key, minVersion: 'TLSv1.3' })
    }
  })

  it('is missed when something else is asked for', async () => {
    const missing = 'tls-cert is missing: without a certificate there is no TLS'
    expect(await refusal({ tlsKey: key })).toBe(missing)
    expect(await refusal({ tlsCa: authority.cert })).toBe(missing)
    expect(await refusal({ tlsVerify: 'peer', tlsCa: authority.cert })).toBe(missing)
    expect(await refusal({ tlsCert: cert })).toContain('tls-key is missing')
    expect(await refusal({ tlsCert: cert, tlsKey: key, tlsVerify: 'required' })).toContain(
      'tls-ca is missing',
    )
  })

  it('must be there, and fit', async () => {
    expect(await refusal({ tlsCert: '/nowhere/cert.pem', tlsKey: key })).toBe(
      "tls-cert: cannot read the file: ENOENT: no such file or directory, open '/nowhere/cert.pem'",
    )
    expect(await refusal({ tlsCert: key, tlsKey: key })).toBe(
      'tls-cert: there is no certificate in PEM form',
    )
    expect(await refusal({ tlsCert: cert, tlsKey: cert })).toBe(
      'tls-key: there is no private key in PEM form',
    )
    expect(await refusal({ tlsCert: cert, tlsKey: authority.issue().key })).toBe(
      'tls-key does not belong to the certificate in tls-cert',
    )
    expect(await refusal({ tlsCert: cert, tlsKey: key, tlsCa: Buffer.from('none') })).toBe(
      'tls-ca: there is no certificate in PEM form',
    )
  })

  it('does not show a key that is taken for a path', async () => {
    const [, base64 = ''] = key.split('\n')
    expect(await refusal({ tlsCert: cert, tlsKey: base64 })).toBe(
      'tls-key: cannot read the file: ENOENT',
    )
  })

  it('may be behind a passphrase that is told', async () => {
    const own = authority.issue()
    const encrypted = createPrivateKey(own.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'sesame',
    })
    const known = { tlsCert: own.cert, tlsKey: encrypted as string }
    expect(await load({ ...known, tlsKeyPassphrase: 'sesame' })).toBeDefined()
    expect(await refusal(known)).toContain('needs a passphrase')
    expect(await refusal({ ...known, tlsKeyPassphrase: 'open' })).toBe(
      'tls-key: the passphrase in tls-key-passphrase does not open the private key',
    )
  })

  it('is used when it has expired, but not without a word', async () => {
    const validTo = new Date(Date.now() - 60_000)
    const expired = authority.issue({ validTo })
    const logger = new RecordingLogger()
    expect(await load({ tlsCert: expired.cert, tlsKey: expired.key }, logger)).toBeDefined()
    expect(logger.lines).toMatchObject([['warn', expect.stringContaining('has expired'), {}]])
  })
})
