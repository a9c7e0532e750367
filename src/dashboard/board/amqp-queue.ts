import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import type {
  JobCleanStatus,
  JobCounts,
  JobStatus,
  QueueDefaultJobOptions,
  QueueJob,
  QueueJobOptions,
  QueueMetrics,
  QueueWorker,
  Status,
} from '@bull-board/api/typings/app'
import { BoardError } from './board-error.ts'
import { deathLines } from './deaths.ts'
import { ENVELOPE_SCHEMA, type EnvelopeOptions, publicationIn } from './envelope.ts'
import { MessageJob, type MessageStatus } from './message-job.ts'
import { PublishedJob } from './published-job.ts'
import { DELIMITER, type QueueNames, queueKey } from './queue-key.ts'
import type { MessageState, QueueRequests } from './queue-requests.ts'
import type { ShownMessage } from './shown-message.ts'

/** What a queue holds, and what it is: all of it known without a look at any message. */
export interface QueueFacts extends QueueNames {
  readonly readyCount: number
  readonly unackedCount: number
  readonly delayedCount: number
  readonly consumerCount: number
  readonly isPaused: boolean
  /** Whether what is ready are dead letters that wait for somebody to look at them. */
  readonly holdsDeadLetters: boolean
  /** In a few words. */
  readonly description: string
  /** What it was declared with. */
  readonly arguments: Readonly<Record<string, unknown>>
}

export interface AmqpQueueParts {
  readonly facts: QueueFacts
  readonly requests: QueueRequests
  /** Whether the user may do nothing to it. */
  readonly isReadOnly: boolean
  /** Whether it is one of many, of which only the most needed is asked. */
  readonly isListed: boolean
}

/** Stands for those who consume from a queue where it only matters that there are some. */
const SOMEBODY: QueueWorker = { id: '', name: null, addr: '', age: 0 }

/** How many are dealt with in one go where all of them are meant. */
const BATCH = 500

/** As bull-board shows them, the most interesting first. */
const STATES = ['unacked', 'ready', 'delayed'] as const satisfies readonly MessageState[]

/**
 * A queue, as bull-board shows queues of jobs, for one user and one request: everything but its counts is
 * asked of the management API. Bull-board's notions that AMQP has none of are answered with nothing.
 */
export class AmqpQueue extends BaseAdapter {
  readonly #facts: QueueFacts
  readonly #requests: QueueRequests
  readonly #isListed: boolean

  constructor({ facts, requests, isReadOnly, isListed }: AmqpQueueParts) {
    // With another type, each page of a message asks for its parents and children.
    super('bull', {
      readOnlyMode: isReadOnly,
      allowCompletedRetries: false,
      delimiter: DELIMITER,
      displayName: facts.name,
      description: facts.description,
      jobDataSchema: ENVELOPE_SCHEMA,
    })
    this.#facts = facts
    this.#requests = requests
    this.#isListed = isListed
  }

  getName(): string {
    return queueKey(this.#facts)
  }

  getStatuses(): Status[] {
    return ['latest', ...this.getJobStatuses()]
  }

  getJobStatuses(): JobStatus[] {
    return STATES.map((state) => this.#statusOf(state))
  }

  async getJobCounts(): Promise<JobCounts> {
    const { readyCount, unackedCount, delayedCount, holdsDeadLetters } = this.#facts
    return {
      latest: 0,
      active: unackedCount,
      waiting: holdsDeadLetters ? 0 : readyCount,
      'waiting-children': 0,
      prioritized: 0,
      completed: 0,
      failed: holdsDeadLetters ? readyCount : 0,
      delayed: delayedCount,
      paused: 0,
    }
  }

  /** Of several statuses, each from `start` to `end`. Who may not read messages sees none. */
  async getJobs(
    statuses: JobStatus[],
    start = 0,
    end: number = start + BATCH - 1,
  ): Promise<QueueJob[]> {
    const jobs: QueueJob[] = []
    for (const state of STATES) {
      if (!statuses.includes(this.#statusOf(state)) || this.#countOf(state) === 0) continue
      const messages = await this.#browse(state, start, end - start + 1)
      jobs.push(...messages.map((message) => this.#jobOf(message)))
    }
    return jobs
  }

  async getJob(id: string): Promise<QueueJob | undefined> {
    const message = await this.#requests.find(id)
    return message && this.#jobOf(message)
  }

  /** Where it died, which working queues know of messages that came back to them, too. */
  async getJobLogs(id: string): Promise<string[]> {
    const message = await this.#requests.find(id)
    return message === undefined ? [] : deathLines(message)
  }

  async addJob(name: string, data: unknown, options: QueueJobOptions): Promise<QueueJob> {
    const given: EnvelopeOptions = options
    const publication = publicationIn(this.#facts.name, name, data, given)
    if (!(await this.#requests.publish(publication))) {
      throw new BoardError(400, 'The message was routed to no queue')
    }
    return new PublishedJob(publication)
  }

  async isPaused(): Promise<boolean> {
    return this.#facts.isPaused
  }

  async pause(): Promise<void> {
    await this.#requests.pause()
  }

  async resume(): Promise<void> {
    await this.#requests.resume()
  }

  async empty(): Promise<void> {
    await this.#requests.purge()
  }

  async obliterate(): Promise<void> {
    await this.#requests.delete()
  }

  /** All of one status: unless nothing is in it any more, as when a queue for dead letters is put to work. */
  async clean(status: JobCleanStatus): Promise<void> {
    const meant = status === 'wait' ? 'waiting' : status
    if (meant === 'delayed') await this.#eachDelayed((id) => this.#requests.remove(id))
    else if (meant === this.#statusOf('ready')) await this.#requests.purge()
    else throw new BoardError(400, 'There are no such messages to delete')
  }

  async promoteAll(): Promise<void> {
    await this.#eachDelayed((id) => this.#requests.deliver(id))
  }

  /** All dead letters back to where they died, unless they are messages at work by now. */
  async retryAll(): Promise<{ retried: number; skipped: number }> {
    if (!this.#facts.holdsDeadLetters) return { retried: 0, skipped: 0 }
    const { moved, kept } = await this.#requests.moveBack()
    return { retried: moved, skipped: kept }
  }

  override async getWorkers(): Promise<QueueWorker[]> {
    if (this.#facts.consumerCount === 0) return []
    if (this.#isListed) return [SOMEBODY]
    const consumers = await this.#requests.consumers()
    return consumers.map(({ consumer_tag, channel_details: { name, peer_host, peer_port } }) => ({
      id: `${name} ${consumer_tag}`,
      name: consumer_tag,
      addr: `${peer_host}:${peer_port}`,
      age: 0,
    }))
  }

  /** The page shows them in a list of their own. */
  override getQueueDefaultJobOptions(): QueueDefaultJobOptions {
    return { ...this.#facts.arguments }
  }

  async getMetrics(): Promise<QueueMetrics> {
    return { meta: { count: 0, prevTS: 0, prevCount: 0 }, data: [], count: 0 }
  }

  async getRedisInfo(): Promise<null> {
    return null
  }

  async getGlobalConcurrency(): Promise<null> {
    return null
  }

  async setGlobalConcurrency(): Promise<void> {
    throw notInAmqp()
  }

  async getJobSchedulers(): Promise<[]> {
    return []
  }

  async getJobSchedulersCount(): Promise<number> {
    return 0
  }

  async removeJobScheduler(): Promise<boolean> {
    return false
  }

  async updateJobScheduler(): Promise<'not-found'> {
    return 'not-found'
  }

  async runJobSchedulerNow(): Promise<'not-found'> {
    return 'not-found'
  }

  #statusOf(state: MessageState): MessageStatus {
    if (state === 'unacked') return 'active'
    if (state === 'delayed') return 'delayed'
    return this.#facts.holdsDeadLetters ? 'failed' : 'waiting'
  }

  #countOf(state: MessageState): number {
    const { readyCount, unackedCount, delayedCount } = this.#facts
    if (state === 'unacked') return unackedCount
    return state === 'delayed' ? delayedCount : readyCount
  }

  #jobOf(message: ShownMessage): QueueJob {
    return new MessageJob(message, this.#statusOf(message.state), this.#requests)
  }

  async #browse(
    state: MessageState,
    from: number,
    count: number,
  ): Promise<readonly ShownMessage[]> {
    try {
      return await this.#requests.browse(state, from, count)
    } catch (error) {
      if (error instanceof BoardError && error.statusCode === 403) return []
      throw error
    }
  }

  /** Those that were there at first; what has left meanwhile is passed over. */
  async #eachDelayed(act: (id: string) => Promise<unknown>): Promise<void> {
    let left = this.#facts.delayedCount
    while (left > 0) {
      const messages = await this.#requests.browse('delayed', 0, Math.min(left, BATCH))
      if (messages.length === 0) return
      left -= messages.length
      for (const { id } of messages) {
        await act(id).catch((error: unknown) => {
          if (!(error instanceof BoardError && error.statusCode === 404)) throw error
        })
      }
    }
  }
}

const notInAmqp = (): Error => new BoardError(400, 'There is no such thing in AMQP')
