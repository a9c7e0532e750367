import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls'
import type { Logger } from '../base/logger.ts'
import { ConfigError } from '../config/config-error.ts'
import type { ResolvedOptions } from '../config/options.ts'
import { flagOf, type PemOption, readPem } from '../config/read-pem.ts'

export type TlsIdentityOptions = Pick<
  ResolvedOptions,
  'tlsCert' | 'tlsKey' | 'tlsKeyPassphrase' | 'tlsCa' | 'tlsVerify' | 'tlsMinVersion'
>

/**
 * What a broker shows of itself over TLS, and whose certificates it believes. The files are read at
 * the start and whenever it is told to; all servers that use it then go on with what they say.
 */
export class TlsIdentity {
  readonly #options: TlsIdentityOptions
  readonly #logger: Logger
  readonly #servers = new Set<Server>()
  #context: SecureContextOptions

  /** Undefined when no certificate is given. Throws ConfigError for what cannot be used. */
  static async load(options: TlsIdentityOptions, logger: Logger): Promise<TlsIdentity | undefined> {
    assertComplete(options)
    if (options.tlsCert === '') return undefined
    return new TlsIdentity(options, logger, await readContext(options, logger))
  }

  private constructor(options: TlsIdentityOptions, logger: Logger, context: SecureContextOptions) {
    this.#options = options
    this.#logger = logger
    this.#context = context
  }

  /** What a server is made with that is then handed to `serve`. */
  get context(): SecureContextOptions {
    return this.#context
  }

  /** The broker's certificates, its own first, and those of the authorities that it believes. */
  get certificates(): TlsCertificates {
    const { cert, ca } = this.#context
    return {
      own: certificatesIn(cert as string),
      authorities: certificatesIn((ca ?? '') as string),
    }
  }

  /** Has the server use what is read later, too. */
  serve(server: Server): void {
    this.#servers.add(server)
    server.once('close', () => this.#servers.delete(server))
  }

  /** Reads the files again, for connections to come. Throws ConfigError, and changes nothing then. */
  async reload(): Promise<void> {
    this.#context = await readContext(this.#options, this.#logger)
    for (const server of this.#servers) server.setSecureContext(this.#context)
    this.#logger.info({}, 'Read the TLS certificates again')
  }
}

export interface TlsCertificates {
  readonly own: readonly X509Certificate[]
  readonly authorities: readonly X509Certificate[]
}

/** Whoever gives some of the options believes that connections are safe. */
function assertComplete({ tlsCert, tlsKey, tlsCa, tlsVerify }: TlsIdentityOptions): void {
  const isAsked = tlsKey !== '' || tlsCa !== '' || tlsVerify !== 'none'
  if (tlsCert === '' && isAsked) {
    throw new ConfigError('tls-cert is missing: without a certificate there is no TLS')
  }
  if (tlsCert !== '' && tlsKey === '') {
    throw new ConfigError('tls-key is missing: the private key of the certificate in tls-cert')
  }
  // Node.js would then believe every authority that browsers believe.
  if (tlsVerify !== 'none' && tlsCa === '') {
    throw new ConfigError(
      "tls-ca is missing: tls-verify asks for clients' certificates, and they are to be from an authority that is named",
    )
  }
}

async function readContext(
  options: TlsIdentityOptions,
  logger: Logger,
): Promise<SecureContextOptions> {
  const [cert, key, ca] = await Promise.all([
    readPem('tlsCert', options.tlsCert),
    readPem('tlsKey', options.tlsKey),
    options.tlsCa === '' ? undefined : readPem('tlsCa', options.tlsCa),
  ])
  const certificate = certificateIn('tlsCert', cert)
  const { tlsKeyPassphrase: passphrase } = options
  if (!certificate.checkPrivateKey(privateKeyIn(key, passphrase))) {
    throw new ConfigError('tls-key does not belong to the certificate in tls-cert')
  }
  if (ca !== undefined) certificateIn('tlsCa', ca)
  const { validTo } = certificate
  if (Date.parse(validTo) < Date.now()) {
    logger.warn({ validTo }, 'The TLS certificate has expired: clients that look will not connect')
  }
  const context: SecureContextOptions = {
    cert,
    key,
    ...(passphrase === '' ? {} : { passphrase }),
    ...(ca === undefined ? {} : { ca }),
    minVersion: options.tlsMinVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
  }
  try {
    createSecureContext(context)
  } catch (error) {
    // What is too weak for OpenSSL, for one.
    throw new ConfigError(`TLS cannot use tls-cert and tls-key: ${(error as Error).message}`)
  }
  return context
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

const certificatesIn = (pem: string): X509Certificate[] =>
  Array.from(pem.match(CERTIFICATE) ?? [], (one) => new X509Certificate(one))

function certificateIn(option: PemOption, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new ConfigError(`${flagOf(option)}: there is no certificate in PEM form`)
  }
}

function privateKeyIn(key: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key, ...(passphrase === '' ? {} : { passphrase }) })
  } catch {
    throw new ConfigError(`tls-key: ${keyProblem(key, passphrase)}`)
  }
}

function keyProblem(key: string, passphrase: string): string {
  if (!key.includes('ENCRYPTED')) return 'there is no private key in PEM form'
  return passphrase === ''
    ? 'the private key needs a passphrase: tls-key-passphrase is missing'
    : 'the passphrase in tls-key-passphrase does not open the private key'
}
