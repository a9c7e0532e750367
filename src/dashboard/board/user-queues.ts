import type { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import type { User } from '../../auth/user.ts'
import { visibleVhosts } from '../../management/visible-vhosts.ts'
import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import type { DashboardParts } from '../dashboard-parts.ts'
import { AmqpQueue } from './amqp-queue.ts'
import { factsOf } from './queue-facts.ts'
import { namesIn, queueKey } from './queue-key.ts'
import { QueueRequests } from './queue-requests.ts'

/** More queues than these are not shown at once: each open page asks for all of them every five seconds. */
const MAX_LISTED = 500

/**
 * The queues that a user may see, as they are now. Bull-board gets them anew with each request, so that
 * none has to be kept for queues that come and go, nor one user's for another.
 */
export class UserQueues {
  readonly #parts: DashboardParts
  readonly #user: User
  readonly #vhosts: readonly Vhost[]

  constructor(parts: DashboardParts, user: User) {
    this.#parts = parts
    this.#user = user
    this.#vhosts = visibleVhosts(parts.broker.administration, user)
  }

  get count(): number {
    return this.#vhosts.reduce((count, { queues }) => count + queues.size, 0)
  }

  /** The first of them by name, and the one that the page is of. */
  listed(activeKey?: string): Map<string, BaseAdapter> {
    const shown = this.#all().slice(0, MAX_LISTED)
    const active = activeKey === undefined ? undefined : this.#find(activeKey)
    if (active !== undefined && !shown.some(([, queue]) => queue === active[1])) shown.push(active)
    return this.#adapters(shown, active?.[1])
  }

  /** Whatever their number. */
  all(): Map<string, BaseAdapter> {
    return this.#adapters(this.#all())
  }

  /** That one alone, or none. */
  only(key: string): Map<string, BaseAdapter> {
    const found = this.#find(key)
    if (found === undefined) return new Map()
    return new Map([[key, this.#adapter(...found, false)]])
  }

  #all(): [Vhost, Queue][] {
    return this.#vhosts
      .toSorted(byName)
      .flatMap((vhost) =>
        [...vhost.queues.values()].sort(byName).map((queue): [Vhost, Queue] => [vhost, queue]),
      )
  }

  #find(key: string): [Vhost, Queue] | undefined {
    const names = namesIn(key)
    const vhost = this.#vhosts.find(({ name }) => name === names?.vhost)
    const queue = names && vhost?.queues.find(names.name)
    return vhost && queue && [vhost, queue]
  }

  #adapters(queues: readonly [Vhost, Queue][], active?: Queue): Map<string, BaseAdapter> {
    return new Map(
      queues.map(([vhost, queue]) => {
        const names = { vhost: vhost.name, name: queue.name }
        return [queueKey(names), this.#adapter(vhost, queue, queue !== active)]
      }),
    )
  }

  #adapter(vhost: Vhost, queue: Queue, isListed: boolean): AmqpQueue {
    const { api, broker } = this.#parts
    const facts = factsOf(vhost, queue, !isListed)
    return new AmqpQueue({
      facts,
      requests: new QueueRequests(api, this.#user, facts),
      isReadOnly: !broker.administration.accessOf(this.#user, vhost.name).hasAny(queue.name),
      isListed,
    })
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1
