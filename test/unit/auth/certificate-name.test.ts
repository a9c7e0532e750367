import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificateName } from '../../../src/auth/certificate-name.ts'
import { Authority, type CertificateOptions } from '../../support/certificates.ts'

const authority = new Authority()
const issue = (options: CertificateOptions) => new X509Certificate(authority.issue(options).cert)

const certificate = issue({
  subject: [
    ['C', 'DE'],
    ['O', 'Hare, "Swift" + Sons'],
    ['OU', 'Orders'],
    ['OU', 'Berlin'],
    ['emailAddress', 'ann@example.org'],
    ['CN', 'ann'],
  ],
  names: ['ann.example.org', 'bob.example.org'],
})

describe('the user that a certificate names', () => {
  it('is its common name', () => {
    expect(certificateName(certificate, 'common_name')).toBe('ann')
  })

  it('is all its common names with commas between them', () => {
    const [first, second] = [
      ['CN', 'ann'],
      ['CN', 'bob'],
    ] as const
    expect(certificateName(issue({ subject: [first, second] }), 'common_name')).toBe('ann,bob')
  })

  it('is the subject as RabbitMQ writes it', () => {
    expect(certificateName(certificate, 'distinguished_name')).toBe(
      'CN=ann,EMAILADDRESS=ann@example.org,OU=Berlin,OU=Orders,O=Hare\\, \\"Swift\\" \\+ Sons,C=DE',
    )
  })

  it('is its first DNS name', () => {
    expect(certificateName(certificate, 'subject_alternative_name')).toBe('ann.example.org')
  })

  it('is not what a name only looks like', () => {
    const strange = issue({ names: ['a", DNS:admin', 'b'] })
    expect(certificateName(strange, 'subject_alternative_name')).toBe('a", DNS:admin')
  })

  it('is nobody when it has none', () => {
    const nameless = issue({ subject: [['O', 'Hares']], names: [] })
    expect(certificateName(nameless, 'common_name')).toBeUndefined()
    expect(certificateName(nameless, 'subject_alternative_name')).toBeUndefined()
    expect(certificateName(issue({ subject: [] }), 'distinguished_name')).toBeUndefined()
  })
})
