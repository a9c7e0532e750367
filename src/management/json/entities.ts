// Users, permissions, policies and so on, as RabbitMQ's API shows them.

import type { AnyPolicyDefinition } from '../../administration/policies.ts'
import type {
  Limits,
  ParameterDefinition,
  PermissionDefinition,
  TopicPermissionDefinition,
  UserDefinition,
} from '../../definitions/definition.ts'

/** The one way that passwords are kept. */
export const PASSWORD_HASHING = 'rabbit_password_hashing_sha256'

export function userJson({ name, passwordHash, tags, limits }: UserDefinition): object {
  return {
    name,
    password_hash: passwordHash,
    hashing_algorithm: PASSWORD_HASHING,
    tags,
    limits: Object.fromEntries(limits),
  }
}

export function permissionJson(permission: PermissionDefinition): object {
  const { user, vhost, configure, write, read } = permission
  return { user, vhost, configure, write, read }
}

export function topicPermissionJson(permission: TopicPermissionDefinition): object {
  const { user, vhost, exchange, write, read } = permission
  return { user, vhost, exchange, write, read }
}

export function policyJson(policy: AnyPolicyDefinition): object {
  const { vhost, name, pattern, applyTo, priority } = policy
  const definition = Object.fromEntries(policy.definition)
  return { vhost, name, pattern, 'apply-to': applyTo, definition, priority }
}

export function parameterJson({ value, vhost, component, name }: ParameterDefinition): object {
  return { value, vhost, component, name }
}

/** Operators' policies are parameters, too, to those who list all of them. */
export function operatorPolicyParameterJson(policy: AnyPolicyDefinition): object {
  const { vhost, name, pattern, applyTo, priority } = policy
  const definition = Object.fromEntries(policy.definition)
  const value = { pattern, definition, priority, 'apply-to': applyTo }
  return { value, vhost, component: 'operator_policy', name }
}

export function limitsJson(of: 'vhost' | 'user', name: string, limits: Limits): object {
  return { [of]: name, value: Object.fromEntries(limits) }
}
