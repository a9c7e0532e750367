import type { Msg } from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import { RareLog } from '../../base/rare-log.ts'
import type { NatsLink } from '../../nats/nats-link.ts'
import { NoAnswer } from '../../nats/requests.ts'
import type { BatchTraffic, OnAnswer, OnMessage } from '../../sharding/link/batch-traffic.ts'
import { batchSubject } from './names.ts'

export interface NatsBatchTrafficOptions {
  readonly link: Pick<NatsLink, 'connection' | 'requests'>
  /** That of the cluster, of which there may be several: see `names.ts`. */
  readonly prefix: string
  readonly clock: Clock
  readonly logger: Logger
}

/** Names in a subject, without wildcards: addresses come from other nodes, and might say anything. */
const ADDRESS = /^[\w-]+(?:\.[\w-]+)*$/
const MAX_ADDRESS_LENGTH = 200

/** Batches as requests of NATS, which keeps none of them: an address is a subject. */
export class NatsBatchTraffic implements BatchTraffic {
  readonly #link: NatsBatchTrafficOptions['link']
  readonly #prefix: string
  readonly #logger: Logger
  /** What another node does wrong is dropped. */
  readonly #rareLog: RareLog

  constructor(options: NatsBatchTrafficOptions) {
    this.#link = options.link
    this.#prefix = options.prefix
    this.#logger = options.logger
    this.#rareLog = new RareLog(options.logger, options.clock)
  }

  get maxPayloadBytes(): number {
    return this.#link.requests.maxPayloadBytes
  }

  send(address: string, payload: Uint8Array, timeoutMs: number, onAnswer: OnAnswer): void {
    if (!isAddress(address)) {
      this.#rareLog.warn(
        { address: address.slice(0, MAX_ADDRESS_LENGTH) },
        'Nobody can be at an address',
      )
      setImmediate(onAnswer, 'nobody')
      return
    }
    const subject = batchSubject(this.#prefix, address)
    // Its bytes are not kept for as long as the answer may take.
    const payloadBytes = payload.length
    this.#link.requests.send(subject, payload, timeoutMs, (answer) => {
      const said = answer instanceof NoAnswer ? this.#read(answer, payloadBytes) : answer.data
      this.#guard(() => onAnswer(said))
    })
  }

  /** @throws when that is no address. */
  listen(address: string, onMessage: OnMessage): () => void {
    if (!isAddress(address)) throw new Error(`nobody can be at ${JSON.stringify(address)}`)
    const subject = batchSubject(this.#prefix, address)
    const subscription = this.#link.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null)
          this.#rareLog.warn({ err: error, subject }, 'NATS does not let us listen')
        else {
          this.#guard(() => onMessage(bufferOf(message), (bytes) => this.#answer(message, bytes)))
        }
      },
    })
    return () => subscription.unsubscribe()
  }

  /** The client would take what is thrown for a fault of the connection. */
  #guard(callBack: () => void): void {
    try {
      callBack()
    } catch (error) {
      this.#logger.error({ err: error }, 'Cannot handle what another node says')
    }
  }

  #answer(message: Msg, bytes: Uint8Array): void {
    try {
      message.respond(bytes)
    } catch (error) {
      // The connection is closed, and whoever asked hears of nobody.
      this.#rareLog.warn({ err: error }, 'Cannot answer another node')
    }
  }

  #read({ reason }: NoAnswer, payloadBytes: number): 'nobody' | undefined {
    if (reason === 'nobody listens') return 'nobody'
    if (reason === 'it cannot be sent') {
      const { maxPayloadBytes } = this
      // It fitted when it was made: another server takes less.
      this.#rareLog.warn(
        { payloadBytes, maxPayloadBytes },
        'A batch is too large for the NATS server',
      )
    }
    return undefined
  }
}

const isAddress = (text: string): boolean => text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text)

const bufferOf = ({ data }: Msg): Buffer => Buffer.from(data.buffer, data.byteOffset, data.length)
