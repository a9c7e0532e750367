import type { Socket } from 'node:net'
import {
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_CONSUME_OK,
  BASIC_PUBLISH,
  BASIC_QOS,
  BASIC_QOS_OK,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CHANNEL_OPEN_OK,
  CONFIRM_SELECT,
  CONFIRM_SELECT_OK,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  decodeMethod,
  encodeMethodFrame,
  FRAME_METHOD,
  FRAME_OVERHEAD,
  type Method,
  PROTOCOL_HEADER,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
  QUEUE_DELETE,
  QUEUE_DELETE_OK,
  QUEUE_PURGE,
  QUEUE_PURGE_OK,
} from 'amqp-codec'
import { readUint32 } from '../../src/load/wire.ts'
import type { Floor } from './floor.ts'
import { FloorConsumer, type FloorQueue } from './floor-queue.ts'
import { Outbox } from './outbox.ts'

const FRAME_MAX = 131_072
const METHOD_AT = 7
/** Where a content header frame has the size of the body. */
const BODY_SIZE_AT = METHOD_AT + 8
const NOTHING: Buffer = Buffer.alloc(0)

export class FloorConnection {
  readonly outbox: Outbox
  readonly #socket: Socket
  readonly #floor: Floor
  readonly #consumers = new Map<string, FloorConsumer>()
  #isGreeted = false
  /** The beginning of what has come in part. */
  #rest: Buffer = NOTHING
  #prefetch = 0
  #isConfirming = false
  /** How many messages have come that are to be confirmed. */
  publishedCount = 0
  #confirmedCount = 0
  /** The last publish, and where it leads: the next one is mostly the same. */
  #lastPublish: Buffer = NOTHING
  #lastQueue: FloorQueue | undefined

  constructor(socket: Socket, floor: Floor) {
    this.#socket = socket
    this.#floor = floor
    this.outbox = new Outbox(socket)
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('drain', () => floor.touch())
    socket.on('close', () => {
      for (const consumer of this.#consumers.values()) consumer.queue.consumers.delete(consumer)
      floor.connections.delete(this)
    })
    socket.on('error', () => {})
  }

  confirm(publishedCount: number): void {
    if (publishedCount === this.#confirmedCount) return
    this.#confirmedCount = publishedCount
    this.#send(1, { id: BASIC_ACK, deliveryTag: publishedCount, multiple: true })
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    if (!this.#isGreeted) {
      if (bytes.length < PROTOCOL_HEADER.length) return
      this.#greet()
      at = PROTOCOL_HEADER.length
    }
    for (;;) {
      const end = frameEnd(bytes, at)
      if (end > bytes.length) break
      if (bytes[at] === FRAME_METHOD && readUint32(bytes, at + METHOD_AT) === BASIC_PUBLISH) {
        const messageEnd = contentEnd(bytes, end)
        if (messageEnd > bytes.length) break
        this.#publish(bytes, at, end, messageEnd)
        at = messageEnd
        continue
      }
      if (bytes[at] === FRAME_METHOD) this.#onMethodFrame(bytes, at, end)
      at = end
    }
    this.#rest = bytes.subarray(at)
    this.#floor.touch()
  }

  #publish(bytes: Buffer, at: number, methodEnd: number, end: number): void {
    if (!isSame(this.#lastPublish, bytes, at, methodEnd)) {
      const method = decodeMethod(bytes, at + METHOD_AT, methodEnd - 1)
      if (method.id !== BASIC_PUBLISH) return
      this.#lastPublish = Buffer.from(bytes.subarray(at, methodEnd))
      this.#lastQueue = this.#floor.queue(method.routingKey)
    }
    const queue = this.#lastQueue
    if (queue === undefined) return
    queue.push({ bytes, start: methodEnd, end })
    if (queue.isDurable) this.#floor.log.addMessage(bytes, methodEnd, end)
    if (this.#isConfirming) this.publishedCount++
  }

  #onMethodFrame(bytes: Buffer, at: number, end: number): void {
    const isAck = readUint32(bytes, at + METHOD_AT) === BASIC_ACK
    if (isAck) this.#ack(readUint32(bytes, at + METHOD_AT + 8), bytes[end - 2] === 1)
    else {
      const channel = (bytes[at + 1]! << 8) | bytes[at + 2]!
      this.#onMethod(channel, decodeMethod(bytes, at + METHOD_AT, end - 1))
    }
  }

  #ack(deliveryTag: number, isMultiple: boolean): void {
    for (const consumer of this.#consumers.values()) {
      consumer.ack(deliveryTag, isMultiple)
      if (consumer.queue.isDurable) this.#floor.log.addAck()
    }
  }

  #greet(): void {
    this.#isGreeted = true
    this.#send(0, {
      id: CONNECTION_START,
      versionMajor: 0,
      versionMinor: 9,
      serverProperties: new Map(),
      mechanisms: Buffer.from('PLAIN'),
      locales: Buffer.from('en_US'),
    })
  }

  #onMethod(channel: number, method: Method): void {
    switch (method.id) {
      case CONNECTION_START_OK:
        return this.#send(0, {
          id: CONNECTION_TUNE,
          channelMax: 2047,
          frameMax: FRAME_MAX,
          heartbeat: 0,
        })
      case CONNECTION_TUNE_OK:
        return
      case CONNECTION_OPEN:
        return this.#send(0, { id: CONNECTION_OPEN_OK, reserved1: '' })
      case CONNECTION_CLOSE:
        this.#send(0, { id: CONNECTION_CLOSE_OK })
        this.outbox.flush()
        this.#socket.end()
        return
      case CHANNEL_OPEN:
        return this.#send(channel, { id: CHANNEL_OPEN_OK, reserved1: NOTHING })
      case CHANNEL_CLOSE:
        return this.#send(channel, { id: CHANNEL_CLOSE_OK })
      case CONFIRM_SELECT:
        this.#isConfirming = true
        return this.#send(channel, { id: CONFIRM_SELECT_OK })
      case BASIC_QOS:
        this.#prefetch = method.prefetchCount
        return this.#send(channel, { id: BASIC_QOS_OK })
      case BASIC_CONSUME:
        return this.#consume(channel, method.queue, method.consumerTag, method.noAck)
      case BASIC_CANCEL: {
        const consumer = this.#consumers.get(method.consumerTag)
        consumer?.queue.consumers.delete(consumer)
        return this.#send(channel, { id: BASIC_CANCEL_OK, consumerTag: method.consumerTag })
      }
      case QUEUE_DECLARE: {
        const queue = this.#floor.queue(method.queue)
        queue.isDurable = method.durable
        const { name, count, consumers } = queue
        return this.#send(channel, {
          id: QUEUE_DECLARE_OK,
          queue: name,
          messageCount: count,
          consumerCount: consumers.size,
        })
      }
      case QUEUE_PURGE: {
        const messageCount = this.#floor.queue(method.queue).purge()
        return this.#send(channel, { id: QUEUE_PURGE_OK, messageCount })
      }
      case QUEUE_DELETE: {
        const messageCount = this.#floor.deleteQueue(method.queue)
        return this.#send(channel, { id: QUEUE_DELETE_OK, messageCount })
      }
      default:
        // Whoever asks for more has lost the way to a broker.
        this.#socket.destroy()
    }
  }

  #consume(channel: number, queueName: string, consumerTag: string, isNoAck: boolean): void {
    const tag = consumerTag || `floor-${this.#consumers.size}`
    const queue = this.#floor.queue(queueName)
    const credit = isNoAck || this.#prefetch === 0 ? Number.POSITIVE_INFINITY : this.#prefetch
    const consumer = new FloorConsumer(queue, this.outbox, channel, tag, credit)
    this.#consumers.set(tag, consumer)
    queue.consumers.add(consumer)
    this.#send(channel, { id: BASIC_CONSUME_OK, consumerTag: tag })
  }

  #send(channel: number, method: Method): void {
    this.outbox.add(encodeMethodFrame(channel, method))
  }
}

/** Where the frame ends that begins there, or infinity if its size is not there yet. */
function frameEnd(bytes: Buffer, at: number): number {
  if (bytes.length - at < FRAME_OVERHEAD) return Number.POSITIVE_INFINITY
  return at + FRAME_OVERHEAD + readUint32(bytes, at + 3)
}

/** Where the last body frame of a message ends whose content header begins there. */
function contentEnd(bytes: Buffer, at: number): number {
  let end = frameEnd(bytes, at)
  if (end > bytes.length) return end
  const bodySize = readUint32(bytes, at + BODY_SIZE_AT)
  for (let size = 0; size < bodySize; ) {
    const next = frameEnd(bytes, end)
    if (next > bytes.length) return next
    size += next - end - FRAME_OVERHEAD
    end = next
  }
  return end
}

function isSame(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}
