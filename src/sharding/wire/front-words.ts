import type { FieldTable } from 'amqp-codec'
import type { Message } from '../../message/message.ts'
import { BatchReader } from './batch-reader.ts'
import { BatchWriter } from './batch-writer.ts'

/*
 * What a front tells the owner of a place, in batches that come in their order: one octet that says
 * which word it is, and what it is about.
 */

/** Counts up with each change that an older version of this program could not read. */
export const WIRE_VERSION = 1

const HELLO = 1
const CLAIM = 2
const READY = 3
const PUBLISH = 4
const SETTLE = 5
const CONSUME = 6
const CANCEL = 7
const CREDIT = 8
const GET = 9
const PURGE = 10
const COUNT = 11
const TOUCH = 12
const ATOMIC = 13
const PUBLISH_LATER = 14
const DOUBTFUL = 15

const ABOUT_QUEUES: ReadonlySet<number> = new Set([
  CLAIM,
  PUBLISH,
  PUBLISH_LATER,
  SETTLE,
  CONSUME,
  CANCEL,
  GET,
  PURGE,
  COUNT,
  TOUCH,
])

const SETTLEMENTS = ['acknowledge', 'reject', 'requeue', 'putBack', 'deliver'] as const
/**
 * What becomes of messages that somebody had. `putBack`: they were shown to nobody, and are back where they were;
 * `deliver`: a client has them that does not acknowledge.
 */
export type Settlement = (typeof SETTLEMENTS)[number]

/** Who a front is, and where it is told what happens. */
export interface Greeting {
  /** Its own number, of 48 bits, for as long as its process lives. */
  readonly front: number
  readonly node: string
  readonly incarnation: string
  /** Of the map in which the node is that incarnation. */
  readonly mapVersion: number
  readonly address: string
}

export interface ConsumeWord {
  readonly queue: number
  /** Its number among the consumers of the front. */
  readonly consumer: number
  readonly request: number
  readonly noAck: boolean
  readonly exclusive: boolean
  readonly priority: number
  readonly prefetchCount: number
  /** How many it may be sent before it says more. */
  readonly window: number
  readonly arguments: FieldTable
}

/** What a front says of itself and of what it publishes. */
export interface SessionWords {
  hello(greeting: Greeting): void
  /** The front's channels hold these for that consumer, from an owner that was before; 0 is none. */
  claim(queue: number, consumer: number, places: readonly number[]): void
  /** That was all it holds. */
  ready(): void
  /** Publishes are numbered from 1 on, without gaps. */
  publish(queue: number, number: number, message: Message): void
  /** The same, so many milliseconds later; or to the exchange whose delays have that id. */
  publishLater(queue: number, number: number, delayMs: number, message: Message): void
  /** Publishes up to there an owner before may have given to consumers, and not stored. */
  doubtful(upTo: number): void
  /** The rest of this batch is to be stored as one. */
  atomic(): void
}

/** What it wants of queues, which are named by their ids, and messages in them by their places. */
export interface QueueWords {
  settle(settlement: Settlement, queue: number, places: readonly number[]): void
  consume(word: ConsumeWord): void
  /** Nothing is delivered to it after that is done. */
  cancel(queue: number, consumer: number, request: number): void
  /** It may be sent so many more messages, with bodies of so many more octets. */
  credit(consumer: number, count: number, bytes: number): void
  get(queue: number, request: number, noAck: boolean): void
  purge(queue: number, request: number): void
  count(queue: number, request: number): void
  /** The queue was used. */
  touch(queue: number): void
}

/** Hears what a front says. */
export interface FrontListener extends SessionWords {
  /** False when it has to find out first whether there is such a queue. */
  knows(queue: number): boolean
  /** Who does what is wanted of queues. Throws RangeError before the front is welcome. */
  readonly work: QueueWords
}

export class FrontWriter implements SessionWords, QueueWords {
  readonly #batch = new BatchWriter()

  get bytes(): number {
    return this.#batch.bytes
  }

  take(): Buffer[] {
    return this.#batch.take()
  }

  hello({ front, node, incarnation, mapVersion, address }: Greeting): void {
    const batch = this.#batch
    batch.uint8(HELLO)
    batch.uint8(WIRE_VERSION)
    batch.uint48(front)
    batch.text(node)
    batch.text(incarnation)
    batch.uint48(mapVersion)
    batch.text(address)
  }

  claim(queue: number, consumer: number, places: readonly number[]): void {
    this.#about(queue, CLAIM)
    this.#batch.uint32(consumer)
    this.#places(places)
  }

  ready(): void {
    this.#batch.uint8(READY)
  }

  publish(queue: number, number: number, message: Message): void {
    this.#about(queue, PUBLISH)
    this.#batch.uint48(number)
    this.#batch.message(message)
  }

  doubtful(upTo: number): void {
    this.#batch.uint8(DOUBTFUL)
    this.#batch.uint48(upTo)
  }

  publishLater(queue: number, number: number, delayMs: number, message: Message): void {
    const batch = this.#batch
    this.#about(queue, PUBLISH_LATER)
    batch.uint48(number)
    batch.uint48(delayMs)
    batch.message(message)
  }

  settle(settlement: Settlement, queue: number, places: readonly number[]): void {
    this.#about(queue, SETTLE)
    this.#places(places)
    this.#batch.uint8(SETTLEMENTS.indexOf(settlement))
  }

  consume(word: ConsumeWord): void {
    const batch = this.#batch
    this.#about(word.queue, CONSUME)
    batch.uint32(word.consumer)
    batch.uint32(word.request)
    batch.uint8((word.noAck ? 1 : 0) | (word.exclusive ? 2 : 0))
    batch.double(word.priority)
    batch.uint32(word.prefetchCount)
    batch.uint32(word.window)
    batch.table(word.arguments)
  }

  cancel(queue: number, consumer: number, request: number): void {
    this.#about(queue, CANCEL)
    this.#batch.uint32(consumer)
    this.#batch.uint32(request)
  }

  credit(consumer: number, count: number, bytes: number): void {
    const batch = this.#batch
    batch.uint8(CREDIT)
    batch.uint32(consumer)
    batch.uint32(count)
    batch.uint48(bytes)
  }

  get(queue: number, request: number, noAck: boolean): void {
    this.#about(queue, GET)
    this.#batch.uint32(request)
    this.#batch.uint8(noAck ? 1 : 0)
  }

  purge(queue: number, request: number): void {
    this.#about(queue, PURGE)
    this.#batch.uint32(request)
  }

  count(queue: number, request: number): void {
    this.#about(queue, COUNT)
    this.#batch.uint32(request)
  }

  touch(queue: number): void {
    this.#about(queue, TOUCH)
  }

  atomic(): void {
    this.#batch.uint8(ATOMIC)
  }

  #about(queue: number, word: number): void {
    this.#batch.uint8(word)
    this.#batch.uint48(queue)
  }

  #places(places: readonly number[]): void {
    const batch = this.#batch
    batch.uint32(places.length)
    for (const place of places) batch.uint48(place)
  }
}

/** Tells a listener what is in a batch. Throws RangeError or CodecError when it makes no sense. */
export class FrontReader {
  readonly #reader = new BatchReader()

  /** Begins where it is told to, and says where it stopped: at the end, or at a queue that is not known. */
  read(bytes: Buffer, from: number, listener: FrontListener): number {
    const reader = this.#reader
    reader.begin(bytes, from)
    while (!reader.isAtEnd) {
      const { at } = reader
      const word = reader.uint8()
      // Nearly all are about a queue, which comes first then.
      if (ABOUT_QUEUES.has(word) && !listener.knows(reader.peekUint48())) return at
      this.#word(word, listener)
    }
    return bytes.length
  }

  #word(word: number, listener: FrontListener): void {
    const reader = this.#reader
    switch (word) {
      case HELLO:
        return listener.hello(this.#greeting())
      case CLAIM:
        return listener.claim(reader.uint48(), reader.uint32(), this.#places())
      case READY:
        return listener.ready()
      case PUBLISH:
        return listener.publish(reader.uint48(), reader.uint48(), reader.message())
      case PUBLISH_LATER:
        return this.#publishLater(listener)
      case DOUBTFUL:
        return listener.doubtful(reader.uint48())
      case SETTLE:
        return this.#settle(listener)
      case CONSUME:
        return listener.work.consume(this.#consume())
      case CANCEL:
        return listener.work.cancel(reader.uint48(), reader.uint32(), reader.uint32())
      case CREDIT:
        return listener.work.credit(reader.uint32(), reader.uint32(), reader.uint48())
      case GET:
        return listener.work.get(reader.uint48(), reader.uint32(), reader.uint8() === 1)
      case PURGE:
        return listener.work.purge(reader.uint48(), reader.uint32())
      case COUNT:
        return listener.work.count(reader.uint48(), reader.uint32())
      case TOUCH:
        return listener.work.touch(reader.uint48())
      case ATOMIC:
        return listener.atomic()
      default:
        throw new RangeError(`there is no word ${word}`)
    }
  }

  #greeting(): Greeting {
    const reader = this.#reader
    const version = reader.uint8()
    if (version !== WIRE_VERSION) {
      throw new RangeError(`it is of version ${version}, and this one is ${WIRE_VERSION}`)
    }
    return {
      front: reader.uint48(),
      node: reader.text(),
      incarnation: reader.text(),
      mapVersion: reader.uint48(),
      address: reader.text(),
    }
  }

  #publishLater(listener: FrontListener): void {
    const reader = this.#reader
    const [queue, number, delayMs] = [reader.uint48(), reader.uint48(), reader.uint48()]
    listener.publishLater(queue, number, delayMs, reader.message())
  }

  #settle(listener: FrontListener): void {
    const queue = this.#reader.uint48()
    const places = this.#places()
    const settlement = SETTLEMENTS[this.#reader.uint8()]
    if (settlement === undefined) throw new RangeError('there is no such settlement')
    listener.work.settle(settlement, queue, places)
  }

  #consume(): ConsumeWord {
    const reader = this.#reader
    const [queue, consumer, request] = [reader.uint48(), reader.uint32(), reader.uint32()]
    const flags = reader.uint8()
    return {
      queue,
      consumer,
      request,
      noAck: (flags & 1) !== 0,
      exclusive: (flags & 2) !== 0,
      priority: reader.double(),
      prefetchCount: reader.uint32(),
      window: reader.uint32(),
      arguments: reader.table(),
    }
  }

  #places(): number[] {
    const count = this.#reader.uint32()
    const places: number[] = []
    for (let index = 0; index < count; index++) places.push(this.#reader.uint48())
    return places
  }
}
