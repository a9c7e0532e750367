import type { UserDefinition } from '../definitions/definition.ts'
import type { Access } from './access.ts'

/** Somebody who may log in, as long as it is not deleted; one of that name who comes later is another. */
export class User {
  readonly name: string
  definition: UserDefinition
  /** Connections that are open, and the channels on them. */
  connectionCount = 0
  channelCount = 0
  /** What the user may do in each vhost: see Permissions. */
  readonly accesses: Map<string, Access> = new Map()

  constructor(definition: UserDefinition) {
    this.name = definition.name
    this.definition = definition
  }

  /** Whether it may say of messages that they are somebody else's. */
  get isImpersonator(): boolean {
    return this.definition.tags.includes('impersonator')
  }

  get connectionLimit(): number {
    return limitOf(this.definition, 'max-connections')
  }

  get channelLimit(): number {
    return limitOf(this.definition, 'max-channels')
  }
}

/** A negative limit is none. */
function limitOf({ limits }: UserDefinition, name: string): number {
  const limit = limits.get(name) ?? -1
  return limit < 0 ? Number.POSITIVE_INFINITY : limit
}
