import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import type { Journal } from '../store/journal.ts'
import { JournalLostError, StoreError } from '../store/store-error.ts'

/** How long the journal is left alone after it refused a record. */
const RETRY_MS = 500

export interface AppenderOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly logger: Logger
  /** The journal takes nothing, or takes again. */
  readonly onFailing: (failing: boolean) => void
}

/**
 * Puts records into the journal, and does not give up: when one is refused, all that were given with
 * it are tried again, the same bytes, until they are stored. What was refused but is there
 * nevertheless is then there twice, which recovery does not mind.
 */
export class Appender {
  readonly #onRefused: () => void
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onFailing: (failing: boolean) => void
  #isFailing = false
  #isLastTry = false
  #isAbandoned = false
  #endPause = (): void => {}

  /** `onRefused` is called each time that records were refused and are going to be tried again. */
  constructor({ journal, clock, logger, onFailing }: AppenderOptions, onRefused: () => void) {
    this.#onRefused = onRefused
    this.#journal = journal
    this.#clock = clock
    this.#logger = logger
    this.#onFailing = onFailing
  }

  get isFailing(): boolean {
    return this.#isFailing
  }

  /**
   * Resolves with the records' positions; each is given in parts. `isLastBehind`: the last one must not be
   * there without the others. Rejects only when it was told not to try again, or the journal is lost.
   */
  async append(
    records: readonly (readonly Buffer[])[],
    isAwaited: boolean,
    isLastBehind = false,
  ): Promise<readonly number[]> {
    const split = isLastBehind ? records.length - 1 : 0
    for (;;) {
      try {
        const before = split > 0 ? await this.#appendAll(records.slice(0, split), isAwaited) : []
        const behind = await this.#appendAll(records.slice(split), isAwaited)
        const positions = before.concat(behind)
        this.#setFailing(false)
        return positions
      } catch (error) {
        if (this.#isLastTry || error instanceof JournalLostError) throw error
        if (!this.#isFailing) this.#logger.error({ err: error }, 'The journal refuses a record')
        this.#setFailing(true)
        this.#onRefused()
      }
      await this.#pause()
      if (this.#isAbandoned) throw new StoreError('the journal was left to another')
    }
  }

  /** What is refused from now on is not tried again; what waits to be, is once more. */
  stopTrying(): void {
    this.#isLastTry = true
    this.#endPause()
  }

  /** Nothing is tried any more. Whether the journal takes something is nobody's concern here. */
  abandon(): void {
    this.#isAbandoned = true
    this.stopTrying()
    if (this.#isFailing) this.#onFailing(false)
    this.#isFailing = false
  }

  async #appendAll(records: readonly (readonly Buffer[])[], isAwaited: boolean): Promise<number[]> {
    const [only] = records
    if (records.length === 1 && only) return [await this.#journal.append(only, isAwaited)]
    const appends = records.map((parts) => this.#journal.append(parts, isAwaited))
    // All of them must be done before their bytes may be used again.
    const failed = (await Promise.allSettled(appends)).find(isRejected)
    if (failed !== undefined) throw failed.reason
    return Promise.all(appends)
  }

  #setFailing(failing: boolean): void {
    if (failing === this.#isFailing) return
    this.#isFailing = failing
    if (!failing) this.#logger.info({}, 'The journal takes records again')
    this.#onFailing(failing)
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#clock.every(RETRY_MS, () => this.#endPause())
      this.#endPause = () => {
        stop()
        resolve()
      }
    })
  }
}

function isRejected<T>(result: PromiseSettledResult<T>): result is PromiseRejectedResult {
  return result.status === 'rejected'
}
