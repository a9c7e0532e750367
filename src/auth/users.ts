import { DefinitionTable } from '../definitions/definition-table.ts'
import { isPassword } from './password-hash.ts'
import { User } from './user.ts'

/** Who may log in, as the connection asks it. */
export interface Authenticator {
  /** The user, if the password is right and the user may come from there. */
  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined
  /** The same of one who has proven otherwise to be that user. */
  admit(username: string, fromLoopback: boolean): User | undefined
}

/** The users that are defined: https://www.rabbitmq.com/docs/access-control */
export class Users implements Authenticator {
  readonly definitions: DefinitionTable<'user'>
  readonly #users = new Map<string, User>()
  readonly #loopbackUsers: ReadonlySet<string>

  /** `loopbackUsers` may connect from this machine only; `onDeleted` hears of who is deleted. */
  constructor(loopbackUsers: readonly string[], onDeleted: (user: User) => void = () => {}) {
    this.#loopbackUsers = new Set(loopbackUsers)
    this.definitions = new DefinitionTable((now, before) => {
      const user = before === undefined ? undefined : this.#users.get(before.name)
      if (now === undefined) {
        if (user === undefined) return
        this.#users.delete(user.name)
        onDeleted(user)
      } else if (user === undefined) {
        this.#users.set(now.name, new User(now))
      } else {
        user.definition = now
      }
    })
  }

  find(name: string): User | undefined {
    return this.#users.get(name)
  }

  /** Nobody logs in with an empty password, even who has one. */
  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined {
    const user = this.#users.get(username)
    if (user === undefined || password === '') return undefined
    if (!isPassword(password, user.definition.passwordHash)) return undefined
    return this.admit(username, fromLoopback)
  }

  admit(username: string, fromLoopback: boolean): User | undefined {
    const isTooFar = !fromLoopback && this.#loopbackUsers.has(username)
    return isTooFar ? undefined : this.#users.get(username)
  }
}
