import type {
  GlobalParameterDefinition,
  JsonValue,
  ParameterDefinition,
} from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { assertNames, assertValid, badRequest, noParameter } from './administration-error.ts'
import { limitProblems, VHOST_LIMITS } from './limit-problems.ts'

/** What the limits of a vhost are kept as, as in RabbitMQ. */
export const LIMITS_COMPONENT = 'vhost-limits'

/** They have their own places: see PolicyAdministration. */
const POLICY_COMPONENTS = ['policy', 'operator_policy']

/**
 * What components of the broker are told about vhosts. Of those that Leveret has none of, shovels for
 * one, parameters are kept and nothing comes of them. https://www.rabbitmq.com/docs/parameters
 */
export class ParameterAdministration {
  readonly #table: DefinitionTable<'parameter'>
  readonly #assertVhost: (vhost: string) => void

  constructor(table: DefinitionTable<'parameter'>, assertVhost: (vhost: string) => void) {
    this.#table = table
    this.#assertVhost = assertVhost
  }

  list(): ParameterDefinition[] {
    return this.#table.all()
  }

  find(component: string, vhost: string, name: string): ParameterDefinition | undefined {
    return this.#table.find({ kind: 'parameter', component, vhost, name })
  }

  /** Adds it, or replaces it. Resolves when it is stored. */
  async put(parameter: Omit<ParameterDefinition, 'kind'>): Promise<void> {
    const { component, vhost, name, value } = parameter
    this.#assertVhost(vhost)
    assertNames(component, name)
    if (POLICY_COMPONENTS.includes(component)) {
      throw badRequest('policies may not be set using this method')
    }
    if (component === LIMITS_COMPONENT) {
      assertValid(...limitProblems(Object.entries(value ?? {}), VHOST_LIMITS, name))
    }
    await this.#table.put({ kind: 'parameter', component, vhost, name, value })
  }

  /** Resolves when it is stored. */
  async delete(component: string, vhost: string, name: string): Promise<void> {
    this.#assertVhost(vhost)
    const parameter = this.find(component, vhost, name)
    if (parameter === undefined) throw noParameter()
    await this.#table.delete(parameter)
  }
}

/** What is told about the whole broker. https://www.rabbitmq.com/docs/parameters */
export class GlobalParameterAdministration {
  readonly #table: DefinitionTable<'global-parameter'>

  constructor(table: DefinitionTable<'global-parameter'>) {
    this.#table = table
  }

  list(): GlobalParameterDefinition[] {
    return this.#table.all()
  }

  find(name: string): GlobalParameterDefinition | undefined {
    return this.#table.find({ kind: 'global-parameter', name })
  }

  /** Adds it, or replaces it. Resolves when it is stored. */
  async put(name: string, value: JsonValue): Promise<void> {
    assertNames(name)
    await this.#table.put({ kind: 'global-parameter', name, value })
  }

  /** Resolves when it is stored. */
  async delete(name: string): Promise<void> {
    if (this.find(name) === undefined) throw noParameter()
    await this.#table.delete({ kind: 'global-parameter', name })
  }
}
