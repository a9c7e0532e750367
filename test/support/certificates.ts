// Certificates made for a test, so that none ever expires in a drawer. RFC 5280 says what is in one.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { bits, der, ia5, objectId, octets, printable, sequence, set, text, time } from './der.ts'

/** A certificate and its private key, in PEM form. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

export interface CertificateOptions {
  /** Its attributes in their order: `['CN', 'localhost']`. */
  readonly subject?: readonly (readonly [name: string, value: string])[]
  /** DNS names besides the address 127.0.0.1. */
  readonly names?: readonly string[]
  readonly validTo?: Date
}

const DAY_MS = 86_400_000
const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))
const TRUE = der(0x01, Buffer.from([0xff]))

/** Attributes of a name, each with the kind of text that it must be. */
const ATTRIBUTES: Readonly<Record<string, readonly [id: string, encode: typeof text]>> = {
  CN: ['2.5.4.3', text],
  C: ['2.5.4.6', printable],
  O: ['2.5.4.10', text],
  OU: ['2.5.4.11', text],
  serialNumber: ['2.5.4.5', printable],
  emailAddress: ['1.2.840.113549.1.9.1', ia5],
}

/** An authority that nobody knows but the test. */
export class Authority {
  /** Its own certificate, in PEM form. */
  readonly cert: string
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #name: Buffer

  constructor(name = 'Test authority') {
    this.#name = nameOf([['CN', name]])
    const isAuthority = extension('2.5.29.19', sequence(TRUE), true)
    const mayCertify = extension('2.5.29.15', der(0x03, Buffer.from([1, 0x06])), true)
    this.cert = this.#sign(this.#name, this.#keys.publicKey, [isAuthority, mayCertify])
  }

  issue(options: CertificateOptions = {}): Certified {
    const { subject = [['CN', 'localhost']], names = ['localhost'], validTo } = options
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const address = der(0x87, Buffer.from([127, 0, 0, 1]))
    const alternatives = [...names.map((name) => der(0x82, Buffer.from(name))), address]
    const alternativeNames = extension('2.5.29.17', sequence(...alternatives))
    return {
      cert: this.#sign(nameOf(subject), publicKey, [alternativeNames], validTo),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    }
  }

  #sign(
    subject: Buffer,
    publicKey: KeyObject,
    extensions: readonly Buffer[],
    validTo: Date = new Date(Date.now() + DAY_MS),
  ): string {
    const keyIds = [
      extension('2.5.29.14', octets(keyIdOf(publicKey))),
      extension('2.5.29.35', sequence(der(0x80, keyIdOf(this.#keys.publicKey)))),
    ]
    const content = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.from([1]), randomBytes(8)),
      ECDSA_WITH_SHA256,
      this.#name,
      sequence(time(new Date(validTo.getTime() - 2 * DAY_MS)), time(validTo)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions, ...keyIds)),
    )
    const signature = bits(sign('sha256', content, this.#keys.privateKey))
    return toPem(sequence(content, ECDSA_WITH_SHA256, signature))
  }
}

function nameOf(attributes: readonly (readonly [name: string, value: string])[]): Buffer {
  const encoded = attributes.map(([name, value]) => {
    const [id, encode] = ATTRIBUTES[name] ?? fail(`no attribute ${name}`)
    return set(sequence(objectId(id), encode(value)))
  })
  return sequence(...encoded)
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [TRUE] : []), octets(value))
}

const keyIdOf = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()

function toPem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function fail(message: string): never {
  throw new Error(message)
}
