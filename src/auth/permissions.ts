import type { DefinitionOf } from '../definitions/definition.ts'
import { DefinitionTable } from '../definitions/definition-table.ts'
import { Access, type Grants } from './access.ts'
import type { User } from './user.ts'

/** Who may do what where, and what of it is in use. */
export class Permissions {
  readonly definitions: DefinitionTable<'permission'>
  readonly topicDefinitions: DefinitionTable<'topic-permission'>
  readonly #findUser: (name: string) => User | undefined
  readonly #onChange: (vhost: string) => void

  /** `onChange` hears of vhosts where what was permitted before may not be any more. */
  constructor(
    findUser: (name: string) => User | undefined,
    onChange: (vhost: string) => void = () => {},
  ) {
    this.#findUser = findUser
    this.#onChange = onChange
    const changed = (now?: UserAndVhost, before?: UserAndVhost): void =>
      this.#changed((now ?? before) as UserAndVhost)
    this.definitions = new DefinitionTable(changed)
    this.topicDefinitions = new DefinitionTable(changed)
  }

  /** One object for all who ask, as long as the user and the vhost are there. */
  accessOf(user: User, vhost: string): Access {
    const known = user.accesses.get(vhost)
    if (known !== undefined) return known
    const access = new Access(user, vhost, this.#grants(user.name, vhost))
    user.accesses.set(vhost, access)
    return access
  }

  /** Forgets all that has to do with the user or the vhost, and resolves when that is stored. */
  async deleteAll(isOf: (definition: UserAndVhost) => boolean): Promise<void> {
    const permissions = this.definitions.all().filter(isOf)
    const topicPermissions = this.topicDefinitions.all().filter(isOf)
    await Promise.all([
      ...permissions.map((definition) => this.definitions.delete(definition)),
      ...topicPermissions.map((definition) => this.topicDefinitions.delete(definition)),
    ])
  }

  #changed({ user: username, vhost }: UserAndVhost): void {
    const access = this.#findUser(username)?.accesses.get(vhost)
    if (access === undefined) return
    access.grants = this.#grants(username, vhost)
    this.#onChange(vhost)
  }

  #grants(user: string, vhost: string): Grants {
    const isTheirs = (of: UserAndVhost): boolean => of.user === user && of.vhost === vhost
    return {
      permission: this.definitions.find({ kind: 'permission', user, vhost }),
      topics: this.topicDefinitions.all().filter(isTheirs),
    }
  }
}

type UserAndVhost = Pick<DefinitionOf<'permission' | 'topic-permission'>, 'user' | 'vhost'>
