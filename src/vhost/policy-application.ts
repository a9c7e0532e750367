import type { Exchange } from '../exchange/exchange.ts'
import type { PolicySubject } from '../policy/policy.ts'
import { type EffectivePolicy, VhostPolicies } from '../policy/vhost-policies.ts'
import type { Queue } from '../queue/queue.ts'

/** Tells exchanges and queues what policies say of them, when they come to be and when that changes. */
export class PolicyApplication {
  readonly policies: VhostPolicies = new VhostPolicies()
  readonly #inForce = new WeakMap<Exchange | Queue, EffectivePolicy>()

  /** What was told last; undefined for the default exchange, which has no policies. */
  inForce(subject: Exchange | Queue): EffectivePolicy | undefined {
    return this.#inForce.get(subject)
  }

  /** Tells all of these what has changed since this was called last. */
  applyChanged(subjects: Iterable<Exchange | Queue>): void {
    const changed = this.policies.takeChanged()
    for (const subject of subjects) {
      // There may be as many policies as there are queues: only those that matter are looked at.
      const isNew = !this.#inForce.has(subject)
      if (isNew || changed.some((policy) => policy.matches(policySubject(subject)))) {
        this.apply(subject)
      }
    }
  }

  /** Whether it was told something new. */
  apply(subject: Exchange | Queue): boolean {
    if (subject.kind === 'exchange' && subject.name === '') return false
    const effective = this.policies.effective(policySubject(subject))
    const before = this.#inForce.get(subject)
    if (before === effective) return false
    this.#inForce.set(subject, effective)
    subject.applyPolicy(effective.definition)
    return true
  }
}

function policySubject(subject: Exchange | Queue): PolicySubject {
  const { name } = subject
  return { name, type: subject.kind === 'exchange' ? 'exchange' : subject.type }
}
