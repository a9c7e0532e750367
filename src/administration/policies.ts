import type {
  ApplyTo,
  OperatorPolicyDefinition,
  PolicyDefinition,
  PolicyValue,
  UserPolicyDefinition,
} from '../definitions/definition.ts'
import type { DefinitionTable } from '../definitions/definition-table.ts'
import { policyProblems } from '../policy/policy-problems.ts'
import { assertNames, assertValid, noParameter } from './administration-error.ts'

export interface PolicySettings {
  /** A regular expression, found anywhere in a name unless it is anchored. */
  readonly pattern: string
  /** By default `all`. */
  readonly applyTo?: ApplyTo
  /** The higher one counts where several match; by default 0. */
  readonly priority?: number
  /** What is set, by RabbitMQ's names: `{ 'message-ttl': 60_000 }`. */
  readonly definition: PolicyDefinition | Readonly<Record<string, PolicyValue>>
}

/** A policy of either kind. */
export type AnyPolicyDefinition = UserPolicyDefinition | OperatorPolicyDefinition

export interface PolicyAdministrationParts {
  readonly kind: AnyPolicyDefinition['kind']
  /** Of both kinds. */
  readonly table: DefinitionTable<AnyPolicyDefinition['kind']>
  readonly allowMirroring: boolean
  /** Throws AdministrationError unless the vhost is there. */
  readonly assertVhost: (vhost: string) => void
}

/**
 * Users' or operators' policies. What they change takes effect at once, on queues and exchanges that
 * are there and on those to come. https://www.rabbitmq.com/docs/policies
 */
export class PolicyAdministration {
  readonly #parts: PolicyAdministrationParts

  constructor(parts: PolicyAdministrationParts) {
    this.#parts = parts
  }

  /** Of one vhost, or of all. */
  list(vhost?: string): AnyPolicyDefinition[] {
    const { kind, table } = this.#parts
    const isMeant = (policy: AnyPolicyDefinition): boolean =>
      policy.kind === kind && (policy.vhost === vhost || vhost === undefined)
    return table.all().filter(isMeant)
  }

  find(vhost: string, name: string): AnyPolicyDefinition | undefined {
    return this.list(vhost).find((policy) => policy.name === name)
  }

  /** Adds a policy, or replaces the one of that name. Resolves when it is stored. */
  async put(vhost: string, name: string, settings: PolicySettings): Promise<void> {
    const { kind, table, allowMirroring, assertVhost } = this.#parts
    assertVhost(vhost)
    assertNames(name)
    const { pattern, applyTo = 'all', priority = 0, definition } = settings
    const policy = {
      ...{ kind, vhost, name, pattern, applyTo, priority },
      definition: isMap(definition) ? definition : new Map(Object.entries(definition)),
    }
    assertValid(...policyProblems(policy, allowMirroring))
    await table.put(policy)
  }

  /** Resolves when it is stored. */
  async delete(vhost: string, name: string): Promise<void> {
    const { table, assertVhost } = this.#parts
    assertVhost(vhost)
    const policy = this.find(vhost, name)
    if (policy === undefined) throw noParameter()
    await table.delete(policy)
  }
}

/** `instanceof` does not know maps that are not to be changed. */
const isMap = (definition: PolicySettings['definition']): definition is PolicyDefinition =>
  definition instanceof Map
