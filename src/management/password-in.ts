import type { UserSettings } from '../administration/users.ts'
import { badRequest } from './http-error.ts'
import { PASSWORD_HASHING } from './json/entities.ts'
import type { JsonBody } from './json-body.ts'

/**
 * What a user logs in with from now on; with neither a password nor a hash that is nothing, as in
 * RabbitMQ. Throws 400.
 */
export function passwordIn(body: JsonBody): Pick<UserSettings, 'password' | 'passwordHash'> {
  if (body.has('password')) return { password: body.text('password') }
  if (!body.has('password_hash')) return { passwordHash: '' }
  const passwordHash = body.text('password_hash')
  const algorithm = body.find('hashing_algorithm') ?? PASSWORD_HASHING
  if (algorithm !== PASSWORD_HASHING) {
    throw badRequest(`hashing_algorithm should be ${PASSWORD_HASHING}`)
  }
  if (passwordHash !== '' && Buffer.from(passwordHash, 'base64').length !== HASH_BYTES) {
    throw badRequest('password_hash should be 36 octets in base64')
  }
  return { passwordHash }
}

/** A salt, and the digest. */
const HASH_BYTES = 4 + 32
