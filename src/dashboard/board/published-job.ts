import type { JobState, QueueJob, QueueJobJson } from '@bull-board/api/typings/app'
import { BoardError } from './board-error.ts'
import type { Publication } from './queue-requests.ts'

/** What somebody has just published: it is in a queue, or was consumed already, so nothing is done to it. */
export class PublishedJob implements QueueJob {
  readonly opts = {}
  readonly #publication: Publication

  constructor(publication: Publication) {
    this.#publication = publication
  }

  toJSON(): QueueJobJson {
    return {
      name: this.#publication.routingKey,
      progress: {},
      attemptsMade: 0,
      timestamp: Date.now(),
      failedReason: '',
      stacktrace: [],
      data: null,
      returnvalue: null,
      opts: this.opts,
    }
  }

  async getState(): Promise<JobState> {
    return this.#publication.delayMs === undefined ? 'waiting' : 'delayed'
  }

  readonly promote: () => Promise<void> = refuse
  readonly remove: () => Promise<void> = refuse
  readonly retry: () => Promise<void> = refuse
}

async function refuse(): Promise<void> {
  throw new BoardError(404, 'The message is not known any more')
}
