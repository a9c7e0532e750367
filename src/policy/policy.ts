import { NamePattern } from '../base/name-pattern.ts'
import type {
  ApplyTo,
  OperatorPolicyDefinition,
  UserPolicyDefinition,
} from '../definitions/definition.ts'
import { MIRRORING_SETTINGS, POLICY_SETTINGS, type QueueType } from './policy-settings.ts'

/** What a policy may be for. */
export interface PolicySubject {
  readonly name: string
  readonly type: QueueType | 'exchange'
}

/** A policy of either kind, ready to be matched. */
export class Policy {
  readonly definition: UserPolicyDefinition | OperatorPolicyDefinition
  readonly #pattern: NamePattern
  /** Types that have no use for one of the settings, so that none of them counts. */
  readonly #notFor: ReadonlySet<QueueType | 'exchange'>

  constructor(definition: UserPolicyDefinition | OperatorPolicyDefinition) {
    this.definition = definition
    this.#pattern = new NamePattern(definition.pattern)
    const settings = [...definition.definition.keys()].map(
      (name) => POLICY_SETTINGS.get(name) ?? MIRRORING_SETTINGS.get(name),
    )
    this.#notFor = new Set(settings.flatMap((setting) => setting?.notFor ?? []))
  }

  matches({ name, type }: PolicySubject): boolean {
    if (!includes(this.definition.applyTo, type) || this.#notFor.has(type)) return false
    return this.#pattern.matches(name)
  }
}

function includes(applyTo: ApplyTo, type: QueueType | 'exchange'): boolean {
  switch (applyTo) {
    case 'all':
      return true
    case 'exchanges':
      return type === 'exchange'
    case 'queues':
      return type !== 'exchange'
    case 'classic_queues':
      return type === 'classic'
    case 'quorum_queues':
      return type === 'quorum'
    case 'streams':
      return type === 'stream'
    default:
      return applyTo satisfies never
  }
}
