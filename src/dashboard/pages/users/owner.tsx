// Permissions belong to a user and to a virtual host: one of the two is known, the other one is shown.

import type { VNode } from 'preact'
import { path } from '../api/client.ts'
import { TextField } from '../form/fields.tsx'
import { text } from '../form/values.ts'
import { VhostField } from '../form/vhost-field.tsx'
import { UserLink, VhostLink } from '../layout/links.tsx'
import type { Owner } from './shapes.ts'

export const ownerAddress = (owner: Owner): string =>
  'user' in owner ? path`/users/${owner.user}` : path`/vhosts/${owner.vhost}`

interface Names {
  readonly user: string
  readonly vhost: string
}

/** The end that is not the owner. */
export interface OtherEnd {
  readonly title: string
  readonly show: (names: Names) => VNode
  readonly field: VNode
  readonly namesIn: (values: FormData) => Names
}

export function otherEndOf(owner: Owner): OtherEnd {
  if ('user' in owner) {
    return {
      title: 'Virtual host',
      show: ({ vhost }) => <VhostLink name={vhost} />,
      field: <VhostField />,
      namesIn: (values) => ({ user: owner.user, vhost: text(values, 'vhost') }),
    }
  }
  return {
    title: 'User',
    show: ({ user }) => <UserLink name={user} />,
    field: <TextField name="user" label="User" isRequired />,
    namesIn: (values) => ({ user: text(values, 'user'), vhost: owner.vhost }),
  }
}
