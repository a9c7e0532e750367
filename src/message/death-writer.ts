import { encodeFieldTable, type FieldTable, locateProperty, PROPERTY_HEADERS } from 'amqp-codec'
import { type Death, deathHeaders, expirationOf } from './death.ts'
import type { Message } from './message.ts'
import type { PublishAddress } from './publish-address.ts'
import { republished } from './rewritten.ts'

/** A message as it is published again, with its headers. */
export interface DeadMessage {
  readonly message: Message
  readonly headers: FieldTable
}

/** What became of the headers of a message that died, and all that it depends on. */
interface Written {
  readonly death: Death
  readonly address: PublishAddress
  readonly expiration: string | undefined
  readonly isReaddressed: boolean
  /** The headers that it had, as bytes. */
  readonly before: Buffer
  readonly headers: FieldTable
  readonly table: Buffer
}

/** So many queues are remembered at most. */
const MOST_QUEUES = 256
/** Larger headers are not remembered. */
const MOST_BYTES = 16 * 1024

const NO_HEADERS: Buffer = Buffer.alloc(0)

/**
 * Writes the history of dead messages. Those that die in a queue one after the other mostly have the
 * same one, which is written once then: that is most of what a dead message costs.
 */
export class DeathWriter {
  /** What was written last, by the name of the queue. */
  readonly #last = new Map<string, Written>()

  write(
    message: Message,
    death: Death,
    address: PublishAddress,
    isReaddressed: boolean,
  ): DeadMessage {
    const before = headerBytes(message)
    let written = this.#last.get(death.queueName)
    if (written === undefined || !isSame(written, message, death, isReaddressed, before)) {
      const headers = deathHeaders(message, death, isReaddressed)
      written = {
        death,
        address: message.address,
        expiration: expirationOf(message),
        isReaddressed,
        // The message's own memory is large, or used again.
        before: Buffer.from(before),
        headers,
        table: encodeFieldTable(headers),
      }
      if (this.#last.size === MOST_QUEUES) this.#last.clear()
      if (written.table.length <= MOST_BYTES) this.#last.set(death.queueName, written)
    }
    return {
      message: republished(message, written.table, address),
      headers: written.headers,
    }
  }
}

function isSame(
  written: Written,
  message: Message,
  { reason, timeSec }: Death,
  isReaddressed: boolean,
  before: Buffer,
): boolean {
  const { death, address } = written
  return (
    death.timeSec === timeSec &&
    death.reason === reason &&
    written.isReaddressed === isReaddressed &&
    address.routingKey === message.address.routingKey &&
    address.exchange === message.address.exchange &&
    written.before.equals(before) &&
    written.expiration === expirationOf(message)
  )
}

function headerBytes({ buffer, headerStart, headerEnd }: Message): Buffer {
  const headers = locateProperty(buffer, headerStart, headerEnd, PROPERTY_HEADERS)
  return headers === undefined ? NO_HEADERS : buffer.subarray(headers.start, headers.end)
}
