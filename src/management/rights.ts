import type { User } from '../auth/user.ts'
import { type HttpError, notAuthorised } from './http-error.ts'

/**
 * What a user may do over HTTP, which tags give: each includes those before it, but that policymakers
 * do not monitor. https://www.rabbitmq.com/docs/management#permissions
 */
export type Right = 'management' | 'policymaker' | 'monitoring' | 'administrator'

const TAGS: Readonly<Record<Right, readonly string[]>> = {
  management: ['management', 'policymaker', 'monitoring', 'administrator'],
  policymaker: ['policymaker', 'administrator'],
  monitoring: ['monitoring', 'administrator'],
  administrator: ['administrator'],
}

const REASONS: Readonly<Record<Right, string>> = {
  management: 'Not management user',
  policymaker: 'User not authorised to access object',
  monitoring: 'Not monitor user',
  administrator: 'Not administrator user',
}

export function hasRight(user: User, right: Right): boolean {
  return user.definition.tags.some((tag) => TAGS[right].includes(tag))
}

/** Throws 401. */
export function assertRight(user: User, right: Right): void {
  if (!hasRight(user, right)) throw lacking(right)
}

const lacking = (right: Right): HttpError => notAuthorised(REASONS[right])
