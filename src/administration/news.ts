import type { Details, Happenings } from '../base/happenings.ts'
import type { Definition, UserDefinition } from '../definitions/definition.ts'

/** Tells what became of a definition; both are there when one replaces the other. */
export function tellChange(
  happenings: Happenings,
  now: Definition | undefined,
  before: Definition | undefined,
): void {
  const isGone = now === undefined
  const definition = now ?? before
  if (definition === undefined) return
  if (definition.kind === 'user') {
    tellUser(happenings, definition, before as UserDefinition | undefined, isGone)
    return
  }
  const verb = VERBS.get(definition.kind)
  // Of a vhost, it is not told that something of it has changed.
  if (verb === undefined || (definition.kind === 'vhost' && !isGone && before !== undefined)) return
  const [what, came, went] = verb
  happenings.tell(`${what}.${isGone ? went : came}`, () => detailsOf(definition, isGone))
}

/** By the kind of definition: what RabbitMQ calls it, and what happens to it. */
const VERBS: ReadonlyMap<Definition['kind'], readonly [string, string, string]> = new Map([
  ['vhost', ['vhost', 'created', 'deleted']],
  ['permission', ['permission', 'created', 'deleted']],
  ['topic-permission', ['topic.permission', 'created', 'deleted']],
  ['policy', ['policy', 'set', 'cleared']],
  ['operator-policy', ['operator_policy', 'set', 'cleared']],
  ['parameter', ['parameter', 'set', 'cleared']],
  ['global-parameter', ['parameter', 'set', 'cleared']],
])

function detailsOf(definition: Definition, isGone: boolean): Details {
  switch (definition.kind) {
    case 'permission':
    case 'topic-permission': {
      const { kind: _, ...details } = definition
      return details
    }
    case 'policy':
    case 'operator-policy': {
      const { name, vhost, pattern, applyTo, priority } = definition
      const settings = Object.fromEntries(definition.definition)
      if (isGone) return { name, vhost }
      return { name, vhost, pattern, 'apply-to': applyTo, priority, definition: settings }
    }
    case 'parameter':
      return { name: definition.name, vhost: definition.vhost, component: definition.component }
    case 'global-parameter':
      return { name: definition.name, component: 'global' }
    default:
      return 'name' in definition ? { name: definition.name } : {}
  }
}

/** Passwords are never told. */
function tellUser(
  happenings: Happenings,
  { name, passwordHash, tags }: UserDefinition,
  before: UserDefinition | undefined,
  isGone: boolean,
): void {
  const tell = (what: string, more: Details = {}): void =>
    happenings.tell(`user.${what}`, () => ({ name, ...more }))
  if (isGone) {
    tell('deleted')
    return
  }
  if (before === undefined) tell('created')
  else if (before.passwordHash !== passwordHash) tell('password.changed')
  if (before?.tags !== tags) tell('tags.set', { tags: [...tags] })
}
