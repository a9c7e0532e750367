import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/*
 * RabbitMQ's salted hash of a password, the one that its definitions name
 * `rabbit_password_hashing_sha256`: https://www.rabbitmq.com/docs/passwords
 *
 *     base64 of    | salt | SHA-256 of the salt and the password |
 *                  0      4                                     36
 */
const SALT_BYTES = 4

export function hashPassword(password: string): string {
  return hashWith(randomBytes(SALT_BYTES), password).toString('base64')
}

export function isPassword(password: string, passwordHash: string): boolean {
  const expected = Buffer.from(passwordHash, 'base64')
  const given = hashWith(expected.subarray(0, SALT_BYTES), password)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function hashWith(salt: Buffer, password: string): Buffer {
  const digest = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, digest])
}
