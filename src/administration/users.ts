import { hashPassword } from '../auth/password-hash.ts'
import type { UserDefinition } from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { assertNames, badRequest, noUser } from './administration-error.ts'

export interface UserSettings {
  /** An empty one lets nobody in. */
  readonly password?: string
  /** Instead of a password: base64 of four octets of salt, and the SHA-256 of salt and password. */
  readonly passwordHash?: string
  /** `administrator`, `monitoring` and so on: https://www.rabbitmq.com/docs/management#permissions */
  readonly tags?: readonly string[]
}

/** The users of a broker. https://www.rabbitmq.com/docs/access-control */
export class UserAdministration {
  readonly #table: DefinitionTable<'user'>
  readonly #deleteAllOf: (user: string) => Promise<unknown>

  /** `deleteAllOf` deletes what is defined for a user elsewhere. */
  constructor(table: DefinitionTable<'user'>, deleteAllOf: (user: string) => Promise<unknown>) {
    this.#table = table
    this.#deleteAllOf = deleteAllOf
  }

  list(): UserDefinition[] {
    return this.#table.all()
  }

  find(name: string): UserDefinition | undefined {
    return this.#table.find({ kind: 'user', name })
  }

  /** Throws AdministrationError. */
  get(name: string): UserDefinition {
    const user = this.find(name)
    if (user === undefined) throw noUser(name)
    return user
  }

  /**
   * Adds a user, or changes what is given of one who is there; connections that are open go on.
   * Without a password, a new one cannot log in. Resolves when that is stored.
   */
  async put(name: string, settings: UserSettings): Promise<void> {
    if (name === '') throw badRequest('a user needs a name')
    assertNames(name)
    const { password, tags } = settings
    const before = this.find(name) ?? { passwordHash: '', tags: [], limits: new Map() }
    const passwordHash =
      password === undefined ? (settings.passwordHash ?? before.passwordHash) : hashed(password)
    const { limits } = before
    await this.#table.put({ kind: 'user', name, passwordHash, tags: tags ?? before.tags, limits })
  }

  /** Deletes the user and all permissions, and closes the user's connections. Resolves when stored. */
  async delete(name: string): Promise<void> {
    this.get(name)
    const deleted = this.#table.delete({ kind: 'user', name })
    await Promise.all([deleted, this.#deleteAllOf(name)])
  }
}

const hashed = (password: string): string => (password === '' ? '' : hashPassword(password))
