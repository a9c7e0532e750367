import { NamePattern, PatternError } from '../base/name-pattern.ts'
import type {
  JsonValue,
  OperatorPolicyDefinition,
  UserPolicyDefinition,
} from '../definitions/definition.ts'
import { printedPairs, printedTerm } from './erlang-term.ts'
import { MIRRORING_SETTINGS, POLICY_SETTINGS, type PolicySetting } from './policy-settings.ts'

/** As it is asked for, with values that may be of any kind. */
export type PolicyCandidate = Omit<UserPolicyDefinition | OperatorPolicyDefinition, 'applyTo'> & {
  readonly applyTo: string
}

const APPLY_TO = ['all', 'exchanges', 'queues', 'classic_queues', 'quorum_queues', 'streams']

/**
 * What is wrong with a policy, in RabbitMQ's words and order. Of several settings that cannot be, the
 * first is named; those that do not exist are named together.
 */
export function policyProblems(policy: PolicyCandidate, allowMirroring: boolean): string[] {
  const problems = [
    settingsProblem(policy, allowMirroring),
    applyToProblem(policy.applyTo),
    patternProblem('pattern', policy.pattern),
    numberProblem('priority', policy.priority),
  ]
  return problems.filter((problem) => problem !== undefined)
}

/** The same, of a regular expression. */
export function patternProblem(name: string, pattern: string): string | undefined {
  try {
    new NamePattern(pattern)
    return undefined
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    const { reason, position } = error
    return `${name} should be regular expression but is invalid: {"${reason}",${position}}`
  }
}

/** The same, of a number. */
export function numberProblem(name: string, value: JsonValue): string | undefined {
  if (Number.isFinite(value)) return undefined
  return `${name} should be a number, actually was ${printedTerm(value)}`
}

function applyToProblem(applyTo: string): string | undefined {
  if (APPLY_TO.includes(applyTo)) return undefined
  return `apply-to '${applyTo}' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'`
}

function settingsProblem(policy: PolicyCandidate, allowMirroring: boolean): string | undefined {
  const { kind, definition } = policy
  if (definition.size === 0) return 'no policy provided'
  const find = (name: string): PolicySetting | undefined => {
    const mirroring = allowMirroring ? MIRRORING_SETTINGS.get(name) : undefined
    const setting = POLICY_SETTINGS.get(name) ?? mirroring
    return kind === 'operator-policy' && setting?.merge === undefined ? undefined : setting
  }
  for (const [name, value] of definition) {
    const problem = find(name)?.problemOf(value)
    if (problem !== undefined) return problem
  }
  const unknown = [...definition].filter(([name]) => find(name) === undefined)
  if (unknown.length === 0) return undefined
  return `${printedPairs(unknown)} are not recognised policy settings`
}
