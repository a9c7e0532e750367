import { timingSafeEqual } from 'node:crypto'

export interface User {
  readonly name: string
}

/** Who may log in, as the connection asks it. */
export interface Authenticator {
  /** The user, if the password is right and the user may come from there. */
  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined
}

export interface UsersOptions {
  readonly defaultUser: string
  readonly defaultPass: string
  /** Users who may connect from this machine only. */
  readonly loopbackUsers: readonly string[]
}

/** The users of a broker that was told of one: https://www.rabbitmq.com/docs/access-control */
export class Users implements Authenticator {
  readonly #user: User
  readonly #password: Buffer
  readonly #loopbackUsers: ReadonlySet<string>

  constructor(options: UsersOptions) {
    this.#user = { name: options.defaultUser }
    this.#password = Buffer.from(options.defaultPass)
    this.#loopbackUsers = new Set(options.loopbackUsers)
  }

  authenticate(username: string, password: string, fromLoopback: boolean): User | undefined {
    if (username !== this.#user.name) return undefined
    const given = Buffer.from(password)
    if (given.length !== this.#password.length || !timingSafeEqual(given, this.#password)) {
      return undefined
    }
    if (!fromLoopback && this.#loopbackUsers.has(username)) return undefined
    return this.#user
  }
}
