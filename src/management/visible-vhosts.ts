import type { Administration } from '../administration/administration.ts'
import type { User } from '../auth/user.ts'
import type { Vhost } from '../vhost/vhost.ts'
import { hasRight } from './rights.ts'

/** Virtual hosts that a user may see: all of them, for those who monitor, and what is theirs for others. */
export function visibleVhosts(administration: Administration, user: User): Vhost[] {
  const names = administration.vhosts.list().map(({ name }) => name)
  const all = names.flatMap((name) => administration.findVhost(name) ?? [])
  if (hasRight(user, 'monitoring')) return all
  return all.filter(({ name }) => administration.permissions.find(user.name, name) !== undefined)
}
