import type { JsonValue } from '../definitions/definition.ts'
import { printedPairs } from '../policy/erlang-term.ts'
import { numberProblem } from '../policy/policy-problems.ts'

/** Limits that a vhost may have. https://www.rabbitmq.com/docs/vhosts#limits */
export const VHOST_LIMITS: readonly string[] = ['max-connections', 'max-queues']

/** Limits that a user may have. https://www.rabbitmq.com/docs/user-limits */
export const USER_LIMITS: readonly string[] = ['max-connections', 'max-channels']

/** What is wrong with limits, in RabbitMQ's words; `where` is what they are called there. */
export function limitProblems(
  limits: Iterable<readonly [string, JsonValue]>,
  known: readonly string[],
  where: string,
): (string | undefined)[] {
  const all = [...limits]
  const unknown = all.filter(([name]) => !known.includes(name))
  const unrecognised =
    unknown.length === 0 ? undefined : `Unrecognised terms ${printedPairs(unknown)} in ${where}`
  const numbers = all
    .filter(([name]) => known.includes(name))
    .map(([name, value]) => numberProblem(name, value))
  return [...numbers, unrecognised]
}
