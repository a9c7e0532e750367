import type {
  OperatorPolicyDefinition,
  PolicyDefinition,
  PolicyValue,
  UserPolicyDefinition,
} from '../definitions/definition.ts'
import { encodeDefinition } from '../definitions/definition-json.ts'
import { Policy, type PolicySubject } from './policy.ts'
import { POLICY_SETTINGS } from './policy-settings.ts'

/** What is in force for a queue or an exchange. */
export interface EffectivePolicy {
  /** The names of the policies that it comes from, if there are any. */
  readonly policy: string | undefined
  readonly operatorPolicy: string | undefined
  /** Their settings, merged. */
  readonly definition: PolicyDefinition
}

const NONE: EffectivePolicy = {
  policy: undefined,
  operatorPolicy: undefined,
  definition: new Map(),
}

/**
 * The policies of a vhost. Of users' and operators' policies each, the one with the highest priority
 * counts among those that match; of several with the same, that whose name comes first.
 * https://www.rabbitmq.com/docs/policies
 */
export class VhostPolicies {
  #user: readonly Policy[] = []
  #operator: readonly Policy[] = []
  /** Those that have come or gone since `takeChanged`. */
  #changed: Policy[] = []
  /** What came of a pair of policies: the same object as long as neither has changed. */
  readonly #merged = new Map<Policy | undefined, Map<Policy | undefined, EffectivePolicy>>()

  /** Adds the policy, or replaces the one of that name if it says something else. Throws PatternError. */
  set(definition: UserPolicyDefinition | OperatorPolicyDefinition): void {
    const { kind, name } = definition
    const before = this.#of(kind).find((policy) => policy.definition.name === name)
    if (before !== undefined && isSame(before.definition, definition)) return
    this.#replace(kind, before, new Policy(definition))
  }

  delete(kind: 'policy' | 'operator-policy', name: string): void {
    const before = this.#of(kind).find((policy) => policy.definition.name === name)
    if (before !== undefined) this.#replace(kind, before, undefined)
  }

  /** Those that have come or gone since this was asked last: nothing has changed for what they do not match. */
  takeChanged(): readonly Policy[] {
    const changed = this.#changed
    this.#changed = []
    return changed
  }

  /** Equal results are the same object, until a policy that takes part changes. */
  effective(subject: PolicySubject): EffectivePolicy {
    const matches = (policy: Policy): boolean => policy.matches(subject)
    const user = this.#user.find(matches)
    const operator = this.#operator.find(matches)
    if (user === undefined && operator === undefined) return NONE
    const ofUser = this.#merged.get(user) ?? new Map<Policy | undefined, EffectivePolicy>()
    this.#merged.set(user, ofUser)
    const effective = ofUser.get(operator) ?? merge(user, operator)
    ofUser.set(operator, effective)
    return effective
  }

  #of(kind: 'policy' | 'operator-policy'): readonly Policy[] {
    return kind === 'policy' ? this.#user : this.#operator
  }

  #replace(
    kind: 'policy' | 'operator-policy',
    gone: Policy | undefined,
    come: Policy | undefined,
  ): void {
    const kept = this.#of(kind).filter((policy) => policy !== gone)
    const policies = come === undefined ? kept : [...kept, come].sort(compare)
    if (kind === 'policy') this.#user = policies
    else this.#operator = policies
    if (come !== undefined) this.#changed.push(come)
    if (gone === undefined) return
    this.#changed.push(gone)
    this.#merged.delete(gone)
    for (const ofUser of this.#merged.values()) ofUser.delete(gone)
  }
}

function isSame(
  a: UserPolicyDefinition | OperatorPolicyDefinition,
  b: UserPolicyDefinition | OperatorPolicyDefinition,
): boolean {
  return encodeDefinition(a) === encodeDefinition(b)
}

function compare({ definition: a }: Policy, { definition: b }: Policy): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : 1)
}

/** Where both say something, the lower limit counts. */
function merge(user: Policy | undefined, operator: Policy | undefined): EffectivePolicy {
  const settings = new Map<string, PolicyValue>(user?.definition.definition)
  for (const [name, value] of operator?.definition.definition ?? []) {
    const other = settings.get(name)
    const merged = other === undefined ? value : POLICY_SETTINGS.get(name)?.merge?.(other, value)
    settings.set(name, merged ?? value)
  }
  return {
    policy: user?.definition.name,
    operatorPolicy: operator?.definition.name,
    definition: settings,
  }
}
