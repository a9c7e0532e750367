import { CodecError, encodeFieldTable, fieldTableFromObject } from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import {
  MECHANISMS,
  MECHANISMS_WITH_ANONYMOUS,
  type Mechanism,
  mechanismsFor,
} from '../../../src/auth/sasl.ts'

function read(mechanism: string, response: Buffer): ReturnType<Mechanism> {
  return MECHANISMS.get(mechanism)?.(response)
}

describe('PLAIN', () => {
  it('has user and password between zeros', () => {
    const credentials = { username: 'a b', password: 'pä:ss' }
    expect(read('PLAIN', Buffer.from('\0a b\0pä:ss'))).toEqual(credentials)
    // Whom the user wants to act for is not looked at.
    expect(read('PLAIN', Buffer.from('somebody\0a b\0pä:ss'))).toEqual(credentials)
    expect(read('PLAIN', Buffer.from('\0\0'))).toEqual({ username: '', password: '' })
  })

  it.each(['', 'guest', '\0guest', '\0a\0b\0c'])('cannot be %j', (response) => {
    expect(read('PLAIN', Buffer.from(response))).toBeUndefined()
  })
})

describe('AMQPLAIN', () => {
  /** A table without its length. */
  const table = (plain: Record<string, string | number>) =>
    encodeFieldTable(fieldTableFromObject(plain)).subarray(4)

  it('has user and password in a table', () => {
    expect(read('AMQPLAIN', table({ LOGIN: 'guest', PASSWORD: 'secret', more: 1 }))).toEqual({
      username: 'guest',
      password: 'secret',
    })
  })

  it('cannot be without one of them, or with one that is no text', () => {
    expect(read('AMQPLAIN', table({ LOGIN: 'guest' }))).toBeUndefined()
    expect(read('AMQPLAIN', table({ PASSWORD: 'secret' }))).toBeUndefined()
    expect(read('AMQPLAIN', table({ LOGIN: 'guest', PASSWORD: 1 }))).toBeUndefined()
  })

  it('cannot be what is no table', () => {
    expect(() => read('AMQPLAIN', Buffer.from('\0guest\0guest'))).toThrow(CodecError)
  })
})

describe('ANONYMOUS', () => {
  it('is guest, whatever the client says', () => {
    const anonymous = MECHANISMS_WITH_ANONYMOUS.get('ANONYMOUS')
    expect(anonymous?.(Buffer.from('somebody'))).toEqual({ username: 'guest', password: 'guest' })
  })
})

it('offers no other mechanism', () => {
  expect([...MECHANISMS.keys()]).toEqual(['PLAIN', 'AMQPLAIN'])
  expect([...MECHANISMS_WITH_ANONYMOUS.keys()]).toEqual(['PLAIN', 'AMQPLAIN', 'ANONYMOUS'])
})

describe('EXTERNAL', () => {
  it('is offered to whom a certificate is known of, besides the others', () => {
    expect([...mechanismsFor(false, 'ann').keys()]).toEqual(['PLAIN', 'AMQPLAIN', 'EXTERNAL'])
    expect(mechanismsFor(true, 'ann').has('ANONYMOUS')).toBe(true)
    expect(mechanismsFor(false, undefined)).toBe(MECHANISMS)
    expect(mechanismsFor(true, undefined)).toBe(MECHANISMS_WITH_ANONYMOUS)
  })

  it.each(['', 'bob'])('is the user of the certificate, whatever the answer: %j', (response) => {
    const external = mechanismsFor(false, 'ann').get('EXTERNAL')
    expect(external?.(Buffer.from(response))).toEqual({ username: 'ann', isProven: true })
  })
})
