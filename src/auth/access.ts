import { createHash } from 'node:crypto'
import { NamePattern } from '../base/name-pattern.ts'
import type { PermissionDefinition, TopicPermissionDefinition } from '../definitions/definition.ts'
import { accessToResourceRefused, accessToTopicRefused } from '../reasons.ts'

/** What is done to a resource. https://www.rabbitmq.com/docs/access-control#authorisation */
export type Right = 'configure' | 'write' | 'read'

export type ResourceKind = 'queue' | 'exchange'

/** Whose access it is. */
export interface AccessUser {
  readonly name: string
  /** Whether it may say of messages that they are somebody else's. */
  readonly isImpersonator: boolean
}

/** What the permissions of one user in one vhost are. */
export interface Grants {
  /** Undefined when the user has none, and may not even come in. */
  readonly permission: Pick<PermissionDefinition, Right> | undefined
  readonly topics: readonly Pick<TopicPermissionDefinition, 'exchange' | 'write' | 'read'>[]
}

const EVERYTHING: Grants = {
  permission: { configure: '.*', write: '.*', read: '.*' },
  topics: [],
}
const NOTHING: Grants = { permission: undefined, topics: [] }

/** Answers that are remembered for each right. */
const MAX_ANSWERS = 4096

/**
 * What one user may do in one vhost. It is shared by all connections of the user there, and follows
 * the permissions as they change.
 */
export class Access {
  readonly user: AccessUser
  /** Not the same for many users: tells apart what they publish in one table. */
  readonly salt: number
  readonly #vhost: string
  #grants: Grants = NOTHING
  #rights: Readonly<Record<Right, RememberedPattern>> = rightsOf(undefined)
  /** Of exchanges that have such permissions; of others every routing key may be used. */
  readonly #topics = new Map<string, Readonly<Record<'write' | 'read', RememberedPattern>>>()

  constructor(user: AccessUser, vhost: string, grants: Grants) {
    this.user = user
    this.salt = createHash('sha1').update(user.name).digest().readInt32LE()
    this.#vhost = vhost
    this.grants = grants
  }

  /** May do everything, as the broker itself does. */
  static unrestricted(username: string, vhost: string): Access {
    return new Access({ name: username, isImpersonator: false }, vhost, EVERYTHING)
  }

  /** May do nothing. */
  static none(user: AccessUser, vhost: string): Access {
    return new Access(user, vhost, NOTHING)
  }

  get grants(): Grants {
    return this.#grants
  }

  set grants(grants: Grants) {
    this.#grants = grants
    this.#rights = rightsOf(grants.permission)
    this.#topics.clear()
    for (const { exchange, write, read } of grants.topics) {
      this.#topics.set(exchange, {
        write: this.#topicPattern(write),
        read: this.#topicPattern(read),
      })
    }
  }

  /** Throws 403. */
  check(right: Right, kind: ResourceKind, name: string): void {
    const shown = kind === 'exchange' && name === '' ? 'amq.default' : name
    if (this.#rights[right].matches(shown)) return
    throw accessToResourceRefused(right, kind, shown, this.#vhost, this.user.name)
  }

  /** Whether the user has any right at all on that. */
  hasAny(name: string): boolean {
    return Object.values(this.#rights).some((right) => right.matches(name))
  }

  /** Of an exchange of type topic. Throws 403. https://www.rabbitmq.com/docs/access-control#topic-authorisation */
  checkTopic(right: 'write' | 'read', exchange: string, routingKey: string): void {
    if (this.#mayUseTopic(right, exchange, routingKey)) return
    throw accessToTopicRefused(right, routingKey, exchange, this.#vhost, this.user.name)
  }

  /** Whether messages may be published there with that key. */
  mayUseTopic(exchange: string, routingKey: string): boolean {
    return this.#mayUseTopic('write', exchange, routingKey)
  }

  #mayUseTopic(right: 'write' | 'read', exchange: string, routingKey: string): boolean {
    const topic = this.#topics.get(exchange)
    return topic === undefined || topic[right].matches(routingKey)
  }

  #topicPattern(pattern: string): RememberedPattern {
    const mine = pattern
      .replaceAll('{username}', () => literal(this.user.name))
      .replaceAll('{vhost}', () => literal(this.#vhost))
    return new RememberedPattern(mine)
  }
}

/** A name may have signs that mean something in a pattern. */
const literal = (name: string): string => name.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')

function rightsOf(permission: Grants['permission']): Readonly<Record<Right, RememberedPattern>> {
  return {
    configure: new RememberedPattern(permission?.configure),
    write: new RememberedPattern(permission?.write),
    read: new RememberedPattern(permission?.read),
  }
}

/** A pattern that remembers its answers: the same few names are asked for again and again. */
class RememberedPattern {
  readonly #pattern: NamePattern | undefined
  readonly #answers = new Map<string, boolean>()

  /** Without a pattern nothing matches; an empty one stands for `^$`. Throws PatternError. */
  constructor(pattern: string | undefined) {
    this.#pattern = pattern === undefined ? undefined : new NamePattern(pattern || '^$')
  }

  matches(name: string): boolean {
    const known = this.#answers.get(name)
    if (known !== undefined) return known
    const answer = this.#pattern?.matches(name) ?? false
    if (this.#answers.size === MAX_ANSWERS) this.#answers.clear()
    this.#answers.set(name, answer)
    return answer
  }
}
