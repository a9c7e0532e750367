import type { User } from '../../auth/user.ts'
import type { Api } from '../../management/api.ts'
import type { Method } from '../../management/route.ts'
import { boardErrorOf } from './board-error.ts'
import type { QueueNames } from './queue-key.ts'
import type { ShownMessage } from './shown-message.ts'

export type MessageState = ShownMessage['state']

/** A part of what is in a queue in some state. */
interface BrowsedPage {
  readonly items: readonly ShownMessage[]
}

/** What is to be published: over an exchange, or into the queue itself. */
export interface Publication {
  readonly exchange: string
  readonly routingKey: string
  readonly payload: string
  readonly payload_encoding: 'string' | 'base64'
  readonly properties: Readonly<Record<string, unknown>>
  readonly delayMs?: number
}

/** What came of moving messages. */
export interface Moved {
  readonly moved: number
  /** What came from nowhere, or from where nothing is any more. */
  readonly kept: number
}

/** Whose name a consumer goes by, and where it connects from. */
export interface ShownConsumer {
  readonly consumer_tag: string
  readonly channel_details: {
    readonly name: string
    readonly peer_host: string
    readonly peer_port: number
  }
}

/** No body is shown longer than this; those of a whole page have the first of these together. */
const PAGE_BYTES = 1024 * 1024
const MAX_BODY_BYTES = 16 * 1024
const ONE_BODY_BYTES = 256 * 1024
/** As many as the API gives at once. */
const MAX_COUNT = 500

/**
 * One queue, as one user may look at it and change it: by asking the management API, so that what is
 * permitted, refused and said is the same in both. Throws BoardError.
 */
export class QueueRequests {
  readonly #api: Pick<Api, 'ask'>
  readonly #user: User
  readonly #vhost: string
  readonly #path: string

  constructor(api: Pick<Api, 'ask'>, user: User, { vhost, name }: QueueNames) {
    this.#api = api
    this.#user = user
    this.#vhost = encodeURIComponent(vhost)
    this.#path = `/queues/${this.#vhost}/${encodeURIComponent(name)}`
  }

  async browse(
    state: MessageState,
    from: number,
    wanted: number,
  ): Promise<readonly ShownMessage[]> {
    const count = Math.max(1, Math.min(wanted, MAX_COUNT))
    const truncate = Math.min(MAX_BODY_BYTES, Math.floor(PAGE_BYTES / count))
    const query = { state, from: `${from}`, count: `${count}`, truncate: `${truncate}` }
    const page = await this.#ask('GET', '/messages', { query })
    return (page as BrowsedPage).items
  }

  /** Undefined when it is not there any more. */
  async find(id: string): Promise<ShownMessage | undefined> {
    try {
      const query = { truncate: `${ONE_BODY_BYTES}` }
      return (await this.#ask('GET', messagePath(id), { query })) as ShownMessage
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return undefined
      throw error
    }
  }

  remove(id: string): Promise<unknown> {
    return this.#ask('DELETE', messagePath(id))
  }

  /** A delayed message, now. */
  deliver(id: string): Promise<unknown> {
    return this.#ask('POST', `${messagePath(id)}/deliver`)
  }

  /** Dead letters back to where they died: these, or all. */
  async moveBack(ids?: readonly string[]): Promise<Moved> {
    return (await this.#ask('POST', '/move', { body: ids === undefined ? {} : { ids } })) as Moved
  }

  /** False when no queue got it. */
  async publish({ exchange, routingKey, delayMs, ...message }: Publication): Promise<boolean> {
    const answer =
      delayMs === undefined
        ? await this.#publishTo(exchange, { ...message, routing_key: routingKey })
        : await this.#ask('POST', '/messages', { body: { ...message, delay: delayMs } })
    return (answer as { routed: boolean }).routed
  }

  purge(): Promise<unknown> {
    return this.#ask('DELETE', '/contents')
  }

  delete(): Promise<unknown> {
    return this.#ask('DELETE', '')
  }

  pause(): Promise<unknown> {
    return this.#ask('PUT', '/pause')
  }

  resume(): Promise<unknown> {
    return this.#ask('PUT', '/resume')
  }

  async consumers(): Promise<readonly ShownConsumer[]> {
    const queue = await this.#ask('GET', '')
    return (queue as { consumer_details: readonly ShownConsumer[] }).consumer_details
  }

  #publishTo(exchange: string, body: object): Promise<unknown> {
    const name = encodeURIComponent(exchange || 'amq.default')
    return this.#send('POST', `/exchanges/${this.#vhost}/${name}/publish`, { body })
  }

  #ask(method: Method, path: string, parts: RequestParts = {}): Promise<unknown> {
    return this.#send(method, this.#path + path, parts)
  }

  async #send(method: Method, path: string, parts: RequestParts): Promise<unknown> {
    try {
      const { body } = await this.#api.ask({ user: this.#user, method, path, ...parts })
      return body
    } catch (thrown) {
      throw boardErrorOf(thrown)
    }
  }
}

interface RequestParts {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
}

const messagePath = (id: string): string => `/messages/${encodeURIComponent(id)}`
