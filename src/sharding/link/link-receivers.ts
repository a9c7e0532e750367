import type { Clock } from '../../base/clock.ts'
import type { BatchTraffic } from './batch-traffic.ts'
import { HEADER_BYTES, type LinkId, readHeader, unknownLink } from './datagram.ts'
import { LinkReceiver } from './link-receiver.ts'
import { Receipts } from './receipts.ts'

export interface LinkReceiversOptions {
  readonly traffic: BatchTraffic
  readonly address: string
  readonly clock: Clock
  /** The first batch of a link is about to come, out of the same call; it may be closed here. */
  readonly onOpened: (linkId: LinkId) => void
  /** The batch is not used by anybody else. */
  readonly onBatch: (linkId: LinkId, batch: Buffer) => void
  /**
   * A link was closed here: its sender means another receiver, its batch is too large, or `onBatch`
   * has thrown this, which must not cost other links anything.
   */
  readonly onBroken: (linkId: LinkId, error: unknown) => void
  /** Something came that no sender has made: it is dropped, and not answered. */
  readonly onMalformed?: (payload: Buffer) => void
  /** A link whose batch is larger is closed; 1 GiB unless it is given. */
  readonly maxBatchBytes?: number
}

const MAX_BATCH_BYTES = 1 << 30
/** Of links that were closed, so that a first datagram that comes again does not open one once more. */
const REMEMBERED_LINKS = 1024

interface OpenLink {
  readonly receiver: LinkReceiver
  readonly receipts: Receipts
}

/** All links that end at one address. */
export class LinkReceivers {
  readonly #options: LinkReceiversOptions
  readonly #links = new Map<LinkId, OpenLink>()
  readonly #closed = new Set<LinkId>()
  readonly #stopListening: () => void

  constructor(options: LinkReceiversOptions) {
    this.#options = options
    const { traffic, address } = options
    this.#stopListening = traffic.listen(address, (payload, answer) =>
      this.#onDatagram(payload, answer),
    )
  }

  /** The sender is told when it sends something again, as of a link that never was. */
  closeLink(linkId: LinkId): void {
    this.#links.get(linkId)?.receipts.close()
    if (!this.#links.delete(linkId)) return
    this.#closed.add(linkId)
    if (this.#closed.size <= REMEMBERED_LINKS) return
    for (const oldest of this.#closed) {
      this.#closed.delete(oldest)
      return
    }
  }

  /** Nobody is at the address any more. */
  close(): void {
    this.#stopListening()
    for (const { receipts } of this.#links.values()) receipts.close()
    this.#links.clear()
    this.#closed.clear()
  }

  #onDatagram(payload: Buffer, answer: (bytes: Uint8Array) => void): void {
    const header = readHeader(payload)
    if (header === undefined) {
      this.#options.onMalformed?.(payload)
      return
    }
    const { link, number } = header
    const open = this.#links.get(link) ?? this.#open(link, number)
    if (open === undefined) return answer(unknownLink)
    const { receiver, receipts } = open
    const batches = receiver.take(header, payload.subarray(HEADER_BYTES))
    if (batches instanceof Error) {
      answer(unknownLink)
      this.#break(link, batches)
      return
    }
    // Before they are looked at, which may take its time.
    receipts.note(receiver.received, payload.length, answer)
    for (const batch of batches) {
      // What came before it may have been a reason to close the link.
      if (this.#links.get(link) !== open) return
      try {
        this.#options.onBatch(link, batch)
      } catch (error) {
        this.#break(link, error)
      }
    }
  }

  #break(link: LinkId, error: unknown): void {
    this.closeLink(link)
    this.#options.onBroken(link, error)
  }

  #open(link: LinkId, number: number): OpenLink | undefined {
    if (number !== 1 || this.#closed.has(link)) return undefined
    const receiver = new LinkReceiver(this.#options.maxBatchBytes ?? MAX_BATCH_BYTES)
    this.#links.set(link, { receiver, receipts: new Receipts(this.#options.clock) })
    this.#options.onOpened(link)
    return this.#links.get(link)
  }
}
