import type { UserDefinition } from '../definitions/definition.ts'
import { isPassword } from './password-hash.ts'

export interface User {
  readonly name: string
}

/** Who may log in, as the connection asks it. */
export interface Authenticator {
  /** The user, if the password is right and the user may come from there. */
  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined
}

/** The users that are defined: https://www.rabbitmq.com/docs/access-control */
export class Users implements Authenticator {
  readonly #users = new Map<string, UserDefinition>()
  readonly #loopbackUsers: ReadonlySet<string>

  /** `loopbackUsers` may connect from this machine only. */
  constructor(loopbackUsers: readonly string[]) {
    this.#loopbackUsers = new Set(loopbackUsers)
  }

  add(user: UserDefinition): void {
    this.#users.set(user.name, user)
  }

  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined {
    const user = this.#users.get(username)
    if (user === undefined || !isPassword(password, user.passwordHash)) return undefined
    if (!fromLoopback && this.#loopbackUsers.has(username)) return undefined
    return user
  }
}
