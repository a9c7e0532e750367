import type { Msg } from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { RareLog } from '../../base/rare-log.ts'
import type { NatsLink } from '../../nats/nats-link.ts'
import { NoAnswer } from '../../nats/requests.ts'
import type { BatchTraffic, OnAnswer, OnMessage } from '../../sharding/link/batch-traffic.ts'

export interface NatsBatchTrafficOptions {
  readonly link: Pick<NatsLink, 'connection' | 'requests'>
  /** What comes before every address in a subject: that of one cluster, of which there may be several. */
  readonly prefix: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Tokens of NATS without its wildcards. Addresses come from other nodes, and nobody is to write commands in them. */
const ADDRESS = /^[\w-]+(?:\.[\w-]+)*$/
const MAX_ADDRESS_LENGTH = 200

/** Batches as requests of NATS, which keeps none of them: an address is a subject. */
export class NatsBatchTraffic implements BatchTraffic {
  readonly #link: NatsBatchTrafficOptions['link']
  readonly #prefix: string
  readonly #log: RareLog

  constructor(options: NatsBatchTrafficOptions) {
    this.#link = options.link
    this.#prefix = options.prefix
    this.#log = new RareLog(options.logger, options.clock)
  }

  get maxPayloadBytes(): number {
    return this.#link.requests.maxPayloadBytes
  }

  send(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void {
    if (!isAddress(address)) {
      this.#log.warn(
        { address: address.slice(0, MAX_ADDRESS_LENGTH) },
        'Nobody can be at an address',
      )
      setImmediate(onAnswer, 'nobody')
      return
    }
    this.#link.requests.send(this.#subject(address), payload, timeoutMs, (answer) => {
      if (!(answer instanceof NoAnswer)) onAnswer(answer.data)
      else onAnswer(this.#understand(answer, payload.length))
    })
  }

  /** @throws when that is no address. */
  listen(address: string, onMessage: OnMessage): () => void {
    if (!isAddress(address)) throw new Error(`nobody can be at ${JSON.stringify(address)}`)
    const subject = this.#subject(address)
    const subscription = this.#link.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onMessage(bufferOf(message), (bytes) => this.#answer(message, bytes))
        else this.#log.warn({ err: error, subject }, 'NATS does not let us listen')
      },
    })
    return () => subscription.unsubscribe()
  }

  #answer(message: Msg, bytes: Uint8Array): void {
    try {
      message.respond(bytes)
    } catch (error) {
      // The connection is closed, and whoever asked hears of nobody.
      this.#log.warn({ err: error }, 'Cannot answer another node')
    }
  }

  #understand({ reason }: NoAnswer, payloadBytes: number): 'nobody' | undefined {
    if (reason === 'nobody listens') return 'nobody'
    if (reason === 'it cannot be sent') {
      const { maxPayloadBytes } = this
      // It fitted when it was made: another server takes less.
      this.#log.warn({ payloadBytes, maxPayloadBytes }, 'A batch is too large for the NATS server')
    }
    return undefined
  }

  #subject(address: string): string {
    return `${this.#prefix}.${address}`
  }
}

const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text)

const bufferOf = ({ data }: Msg): Buffer => Buffer.from(data.buffer, data.byteOffset, data.length)
