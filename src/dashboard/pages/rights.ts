/** What tags of a user let them do; the broker itself decides, this only hides what it would refuse. */
export type Right = 'policymaker' | 'monitoring' | 'administrator'

export interface Session {
  readonly name: string
  readonly tags: readonly string[]
}

export function may({ tags }: Session, right: Right): boolean {
  return tags.includes('administrator') || tags.includes(right)
}
