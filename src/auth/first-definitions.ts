import type { Definition } from '../definitions/definition.ts'
import { hashPassword } from './password-hash.ts'

export interface FirstDefinitionsOptions {
  readonly defaultUser: string
  readonly defaultPass: string
  readonly defaultVhost: string
}

/**
 * What a broker begins with: one virtual host, and one user who may do everything there.
 * https://www.rabbitmq.com/docs/access-control#default-state
 */
export function firstDefinitions(options: FirstDefinitionsOptions): Definition[] {
  const { defaultUser: user, defaultPass, defaultVhost: vhost } = options
  const passwordHash = hashPassword(defaultPass)
  return [
    { kind: 'vhost', name: vhost, description: 'Default virtual host', tags: [] },
    { kind: 'user', name: user, passwordHash, tags: ['administrator'], limits: new Map() },
    { kind: 'permission', user, vhost, configure: '.*', write: '.*', read: '.*' },
  ]
}
