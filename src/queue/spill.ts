import { type Logger, silentLogger } from '../base/logger.ts'
import type { SpillSlot, SpillStore } from '../store/spill-store.ts'
import { PAGE_BYTES, type Page } from './page.ts'

/** So much may be on its way to the store before whoever adds to it is told to wait. */
const BEHIND_BYTES = 8 * 1024 * 1024
/** How many pages' memory is kept to be used again. */
const KEPT_PAGES = 32

/** The pages of all queues that leave memory. */
export class Spill {
  readonly #store: SpillStore
  readonly #onBehind: (isBehind: boolean) => void
  readonly #logger: Logger
  #isFailing = false
  readonly #kept: Buffer[] = []
  #writingBytes = 0

  /** `onBehind` is called when the store does not keep up, and when it has caught up. */
  constructor(
    store: SpillStore,
    onBehind: (isBehind: boolean) => void,
    logger: Logger = silentLogger,
  ) {
    this.#store = store
    this.#onBehind = onBehind
    this.#logger = logger
  }

  /** Memory for a page. That of pages which were stored is used again: nobody waits for garbage. */
  memory(bytes: number): Buffer {
    const kept = bytes === PAGE_BYTES ? this.#kept.pop() : undefined
    return kept ?? Buffer.allocUnsafeSlow(bytes)
  }

  /** Stores a sealed page. Unless it fails, its memory is another's afterwards. */
  async write(page: Page): Promise<SpillSlot> {
    this.#count(page.bytes)
    try {
      const slot = await this.#store.write(page.parts)
      this.#setFailing(false, undefined)
      if (page.memory.length === PAGE_BYTES && this.#kept.length < KEPT_PAGES) {
        this.#kept.push(page.memory)
      }
      return slot
    } catch (error) {
      this.#setFailing(true, error)
      throw error
    } finally {
      this.#count(-page.bytes)
    }
  }

  read(slot: SpillSlot): Promise<Buffer | undefined> {
    return this.#store.read(slot)
  }

  free(slot: SpillSlot): void {
    this.#store.free(slot)
  }

  /** Pages may be thousands: it is said once. */
  #setFailing(isFailing: boolean, error: unknown): void {
    if (isFailing === this.#isFailing) return
    this.#isFailing = isFailing
    if (isFailing) {
      const text = 'Messages that are too many for memory cannot be stored, and stay there'
      this.#logger.error({ err: error }, text)
    } else {
      this.#logger.info({}, 'Messages that are too many for memory are stored again')
    }
  }

  #count(bytes: number): void {
    const wasBehind = this.#writingBytes > BEHIND_BYTES
    this.#writingBytes += bytes
    const isBehind = this.#writingBytes > BEHIND_BYTES
    if (isBehind !== wasBehind) this.#onBehind(isBehind)
  }
}
