import type { X509Certificate } from 'node:crypto'

/** What of a certificate is the name of the user: RabbitMQ's `ssl_cert_login_from`. */
export type LoginFrom = 'common_name' | 'distinguished_name' | 'subject_alternative_name'

/**
 * Who that certificate is of; undefined when it does not say. The certificate must be one that is
 * believed. https://www.rabbitmq.com/docs/ssl#peer-verification
 */
export function certificateName(certificate: X509Certificate, from: LoginFrom): string | undefined {
  switch (from) {
    case 'common_name':
      return commonName(certificate)
    case 'distinguished_name':
      return distinguishedName(certificate)
    case 'subject_alternative_name':
      return firstDnsName(certificate)
    default:
      return from satisfies never
  }
}

/** Where there are several, RabbitMQ has commas between them. */
function commonName(certificate: X509Certificate): string | undefined {
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | string[] }
  return Array.isArray(CN) ? CN.join(',') : CN
}

/** Attributes that RabbitMQ names otherwise than OpenSSL. */
const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['GN', 'GIVENNAME'],
  ['title', 'TITLE'],
  ['generationQualifier', 'GENERATION'],
  ['serialNumber', 'SERIALNUMBER'],
  ['pseudonym', 'PSEUDONYM'],
  ['emailAddress', 'EMAILADDRESS'],
  ['street', 'STREET'],
])

/** RFC 2253 has the last attribute first; Node.js gives one in each line, escaped as that says. */
function distinguishedName({ subject }: X509Certificate): string | undefined {
  if (!subject) return undefined
  const attributes = subject.split('\n').map((line) => {
    const equals = line.indexOf('=')
    const name = line.slice(0, equals)
    return `${ATTRIBUTE_NAMES.get(name) ?? name}${line.slice(equals)}`
  })
  return attributes.reverse().join(',')
}

/** `DNS:a.example, URI:"…", …`: what could be taken for more entries than it is, is quoted. */
function firstDnsName({ subjectAltName }: X509Certificate): string | undefined {
  const entries = (subjectAltName ?? '').matchAll(/(?:^|, )([^:,"]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)
  for (const [, kind, value = ''] of entries) {
    if (kind === 'DNS') return value.startsWith('"') ? (JSON.parse(value) as string) : value
  }
  return undefined
}
