import type { JsonValue, Limits, ParameterDefinition } from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { badRequest } from './administration-error.ts'
import { limitProblems, USER_LIMITS } from './limit-problems.ts'
import { LIMITS_COMPONENT, type ParameterAdministration } from './parameters.ts'
import type { UserAdministration } from './users.ts'

type GivenLimits = Readonly<Record<string, number>>

/** How many connections and queues a vhost may have. https://www.rabbitmq.com/docs/vhosts#limits */
export class VhostLimitAdministration {
  readonly #parameters: ParameterAdministration

  constructor(parameters: ParameterAdministration) {
    this.#parameters = parameters
  }

  /** Of every vhost that has any. */
  list(): Map<string, Limits> {
    const all = this.#parameters.list().filter(isLimits)
    return new Map(all.map(({ vhost, value }) => [vhost, limitsIn(value)]))
  }

  get(vhost: string): Limits {
    return limitsIn(this.#parameters.find(LIMITS_COMPONENT, vhost, 'limits')?.value ?? {})
  }

  /**
   * Sets `max-connections`, `max-queues` or both; a negative one is no limit. What is there already
   * may be more. Resolves when it is stored.
   */
  async put(vhost: string, limits: GivenLimits): Promise<void> {
    await this.#replace(vhost, { ...Object.fromEntries(this.get(vhost)), ...limits })
  }

  /** Takes one of them away, or all. Resolves when it is stored. */
  async delete(vhost: string, name?: string): Promise<void> {
    const left = [...this.get(vhost)].filter(([limit]) => name !== undefined && limit !== name)
    await this.#replace(vhost, Object.fromEntries(left))
  }

  async #replace(vhost: string, value: GivenLimits): Promise<void> {
    await this.#parameters.put({ component: LIMITS_COMPONENT, vhost, name: 'limits', value })
  }
}

/** How many connections and channels a user may have. https://www.rabbitmq.com/docs/user-limits */
export class UserLimitAdministration {
  readonly #users: UserAdministration
  readonly #table: DefinitionTable<'user'>

  constructor(users: UserAdministration, table: DefinitionTable<'user'>) {
    this.#users = users
    this.#table = table
  }

  /** Of every user who has any. */
  list(): Map<string, Limits> {
    const limited = this.#users.list().filter(({ limits }) => limits.size > 0)
    return new Map(limited.map(({ name, limits }) => [name, limits]))
  }

  get(user: string): Limits {
    return this.#users.get(user).limits
  }

  /**
   * Sets `max-connections`, `max-channels` or both; a negative one is no limit. What is open already
   * may be more. Resolves when it is stored.
   */
  async put(user: string, limits: GivenLimits): Promise<void> {
    const definition = this.#users.get(user)
    const [problem] = limitProblems(Object.entries(limits), USER_LIMITS, 'user-limits').filter(
      (found) => found !== undefined,
    )
    if (problem !== undefined) throw badRequest(problem)
    const all = new Map([...definition.limits, ...Object.entries(limits)])
    await this.#table.put({ ...definition, limits: all })
  }

  /** Takes one of them away, or all. Resolves when it is stored. */
  async delete(user: string, name?: string): Promise<void> {
    const definition = this.#users.get(user)
    const left = [...definition.limits].filter(([limit]) => name !== undefined && limit !== name)
    await this.#table.put({ ...definition, limits: new Map(left) })
  }
}

const isLimits = ({ component, name }: ParameterDefinition): boolean =>
  component === LIMITS_COMPONENT && name === 'limits'

/** What is stored was checked before. */
export function limitsIn(value: JsonValue): Limits {
  return new Map(Object.entries(value ?? {})) as Limits
}
