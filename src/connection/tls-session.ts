import type { X509Certificate } from 'node:crypto'

/** What is known of a client that has come over TLS. */
export interface TlsSession {
  /** `TLSv1.3` */
  readonly protocol: string
  /** As IANA has it: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** The client's, verified; undefined when it has none, or was not asked. */
  readonly certificate: X509Certificate | undefined
  /** Who the client is by its certificate: who it logs in as with EXTERNAL. */
  readonly username: string | undefined
}
