import type { IncomingHttpHeaders } from 'node:http'
import type { Access } from '../auth/access.ts'
import type { User } from '../auth/user.ts'
import type { Vhost } from '../vhost/vhost.ts'
import { noSuchObject, notAuthorised } from './http-error.ts'
import { JsonBody } from './json-body.ts'
import type { ManagedBroker } from './managed-broker.ts'
import { hasRight } from './rights.ts'
import type { PairReading } from './statistics/pair-statistics.ts'
import type { Statistics, Subject } from './statistics/statistics.ts'
import { visibleVhosts } from './visible-vhosts.ts'

export interface CallParts {
  readonly broker: ManagedBroker
  readonly statistics: Statistics
  readonly user: User
  /** What stands in the path, decoded. */
  readonly params: ReadonlyMap<string, string>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly bodyText: string
  /** Whether another node asks, which has been asked by somebody. */
  readonly isForwarded?: boolean
}

/** One request of somebody who may make it. */
export class Call {
  readonly broker: ManagedBroker
  readonly #statistics: Statistics
  readonly user: User
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly bodyText: string
  /** Whether another node asks, which tells the client what it knows itself. */
  readonly isForwarded: boolean
  /** Stands for a connection where exclusive queues ask whose they are: none of them is a caller's. */
  readonly owner: object = {}
  readonly #params: ReadonlyMap<string, string>
  #body: JsonBody | undefined

  constructor(parts: CallParts) {
    const { broker, statistics, user, params, query, headers, bodyText } = parts
    this.broker = broker
    this.#statistics = statistics
    this.user = user
    this.query = query
    this.headers = headers
    this.bodyText = bodyText
    this.isForwarded = parts.isForwarded === true
    this.#params = params
  }

  /** How much has passed through, and how fast, as the client wants it shown. */
  statisticsOf(subject: Subject): Record<string, unknown> {
    return this.#statistics.of(subject, this.query)
  }

  /** The same of what goes from one thing to another. */
  statisticsOfPair(pair: PairReading): Record<string, unknown> {
    return this.#statistics.ofPair(pair, this.query)
  }

  /** The same of the whole broker; of some virtual hosts, for who may not see all of them. */
  statisticsOfAll(vhosts: readonly Vhost[]): Record<string, unknown> {
    const isAll = hasRight(this.user, 'monitoring')
    return isAll ? this.statisticsOf(this.broker) : this.#statistics.ofSome(vhosts)
  }

  /** What stands in the path in that place. */
  param(name: string): string {
    const value = this.#params.get(name)
    if (value === undefined) throw new Error(`the path has no part "${name}"`)
    return value
  }

  /** Throws 400 unless it is an object of JSON. */
  get body(): JsonBody {
    this.#body ??= JsonBody.parse(this.bodyText)
    return this.#body
  }

  /** Whether there is such a virtual host as the path names. */
  get hasVhost(): boolean {
    return this.broker.administration.findVhost(this.param('vhost')) !== undefined
  }

  /** The virtual host that the path names. Throws 404. */
  get vhost(): Vhost {
    const vhost = this.broker.administration.findVhost(this.param('vhost'))
    if (vhost === undefined) throw noSuchObject()
    return vhost
  }

  /** What the user may do in the virtual host that the path names. */
  get access(): Access {
    return this.broker.administration.accessOf(this.user, this.param('vhost'))
  }

  visibleVhosts(): Vhost[] {
    return visibleVhosts(this.broker.administration, this.user)
  }

  /** Users see what is theirs, and those who monitor everybody's. */
  maySeeOf(username: string): boolean {
    return username === this.user.name || hasRight(this.user, 'monitoring')
  }

  /** To look is enough to monitor; to do something takes permissions there. Throws 401 and 404. */
  assertVhostAccess(isReading: boolean): void {
    const { name } = this.vhost
    if (this.#mayEnter(name) || (isReading && hasRight(this.user, 'monitoring'))) return
    throw notAuthorised('User not authorised to access virtual host')
  }

  #mayEnter(vhost: string): boolean {
    return this.broker.administration.permissions.find(this.user.name, vhost) !== undefined
  }
}
