import type { JobState, QueueJob, QueueJobJson } from '@bull-board/api/typings/app'
import { BoardError } from './board-error.ts'
import { deathLines, deathReason } from './deaths.ts'
import { envelopeOf } from './envelope.ts'
import { momentOf, momentText } from './moment.ts'
import type { QueueRequests } from './queue-requests.ts'
import type { ShownMessage } from './shown-message.ts'

/** What bull-board calls where a message is. */
export type MessageStatus = 'waiting' | 'active' | 'delayed' | 'failed'

/** A message of a queue, as bull-board shows jobs. */
export class MessageJob implements QueueJob {
  readonly #message: ShownMessage
  readonly #status: MessageStatus
  readonly #requests: QueueRequests

  constructor(message: ShownMessage, status: MessageStatus, requests: QueueRequests) {
    this.#message = message
    this.#status = status
    this.#requests = requests
  }

  /** The page begins with these where somebody publishes the message again. */
  get opts(): { delay?: number; priority?: number } {
    const { priority } = this.#message.properties
    return priority === undefined ? {} : { priority }
  }

  toJSON(): QueueJobJson {
    const message = this.#message
    const { id, routing_key, death, due_at } = message
    const isDead = this.#status === 'failed'
    const timestamp = timestampOf(message)
    const diedAt = isDead ? momentOf(death?.time, 1000) : undefined
    return {
      id,
      name: routing_key,
      timestamp,
      // Of what is dead, the page shows why; of what is only on its way again, it is in the headers.
      failedReason: isDead && death !== undefined ? deathReason(death) : '',
      // Bull-board turns it around.
      stacktrace: isDead ? deathLines(message).reverse() : [],
      ...(diedAt === undefined ? {} : { finishedOn: diedAt }),
      ...(due_at === undefined ? {} : { delay: Math.max(1, due_at - timestamp) }),
      attemptsMade: message.delivery_count ?? 0,
      progress: placeOf(message),
      data: envelopeOf(message),
      returnvalue: undefined,
      opts: this.opts,
    }
  }

  async getState(): Promise<JobState> {
    return this.#status
  }

  async remove(): Promise<void> {
    await this.#requests.remove(this.#message.id)
  }

  async promote(): Promise<void> {
    await this.#requests.deliver(this.#message.id)
  }

  async retry(): Promise<void> {
    const { moved } = await this.#requests.moveBack([this.#message.id])
    if (moved > 0) return
    throw new BoardError(400, 'It did not die in a queue, or the queue where it died is gone')
  }

  async updateData(): Promise<void> {
    throw new BoardError(400, 'Messages stay as they were published: publish another one instead')
  }
}

/** What is told of it besides what it came with. */
function placeOf(message: ShownMessage): object {
  const { state, position, redelivered, routing_key, payload_bytes, consumer } = message
  const { delivery_count, expires_at, due_at } = message
  const shown = {
    state,
    position,
    routing_key,
    payload_bytes,
    redelivered,
    delivery_count,
    expires_at: momentText(momentOf(expires_at)),
    due_at: momentText(momentOf(due_at)),
    consumer,
  }
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined))
}

/** A broker does not note when messages come: what the page needs of it is only what lies ahead. */
function timestampOf({ properties }: ShownMessage): number {
  return momentOf(properties.timestamp, 1000) ?? Date.now()
}
