import { hashPassword } from '../../auth/password-hash.ts'
import { found, list, NO_CONTENT } from '../answer.ts'
import { type Route, routes } from '../route.ts'

/** What tools ask for that has little to say here: lists of what there is none of. */
export const REMAINING: readonly Route[] = [
  ...routes('administrator', {
    'GET /auth/hash_password/:password': (call) =>
      found({ ok: hashPassword(call.param('password')) }),
    'GET /auth/attempts/:node': () => list([]),
    'DELETE /auth/attempts/:node': () => NO_CONTENT,
    'DELETE /reset': () => NO_CONTENT,
    'DELETE /reset/:node': () => NO_CONTENT,
  }),
  ...routes('monitoring', {
    'GET /shovels': () => list([]),
    'GET /shovels/:vhost': () => list([]),
    'GET /federation-links': () => list([]),
    'GET /federation-links/:vhost': () => list([]),
  }),
]
