import { beforeEach, describe, expect, it } from 'vitest'
import {
  HEADER_BYTES,
  markOpenBefore,
  newLinkId,
  writeHeader,
} from '../../../../src/sharding/link/datagram.ts'
import {
  LinkReceivers,
  type LinkReceiversOptions,
} from '../../../../src/sharding/link/link-receivers.ts'
import { LinkSender, type LinkSenderOptions } from '../../../../src/sharding/link/link-sender.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { SimulatedTraffic } from './simulated-traffic.ts'

const ADDRESS = 'node.n1'
const MIB = 1 << 20

let clock: FakeClock
let traffic: SimulatedTraffic
/** What came, and what was told. */
let events: string[]

beforeEach(() => {
  clock = new FakeClock()
  traffic = new SimulatedTraffic(clock)
  events = []
})

function receive(options: Partial<LinkReceiversOptions> = {}): LinkReceivers {
  return new LinkReceivers({
    traffic,
    address: ADDRESS,
    clock,
    onOpened: () => events.push('opened'),
    onBatch: (_link, batch) => events.push(batch.toString()),
    onBroken: (_link, error) => events.push(`broken: ${(error as Error).message}`),
    onMalformed: () => events.push('malformed'),
    ...options,
  })
}

function open(options: Partial<LinkSenderOptions> = {}): LinkSender {
  return new LinkSender({
    traffic,
    address: ADDRESS,
    linkId: newLinkId(),
    clock,
    onDrained: () => events.push('drained'),
    onRefused: (reason) => events.push(`refused: ${reason}`),
    ...options,
  })
}

/** Loses all other answers of receivers to come. */
function answerOnly(isAnswered: (count: number) => boolean): void {
  const listen = traffic.listen.bind(traffic)
  let count = 0
  traffic.listen = (address, onMessage) =>
    listen(address, (payload, answer) =>
      onMessage(payload, (bytes) => {
        if (isAnswered(++count)) answer(bytes)
      }),
    )
}

/** What happens in some time. */
function pass(ms = 10): string[] {
  clock.advance(ms)
  return events.splice(0)
}

const text = (...parts: string[]): Buffer[] => parts.map((part) => Buffer.from(part))

describe('a link', () => {
  it('brings batches once and in their order', () => {
    receive()
    const link = open()
    link.send(text('one'))
    link.send(text('t', '', 'wo'))
    link.send(Buffer.from('three'))
    link.send([])
    expect(pass()).toEqual(['opened', 'one', 'drained', 'two', 'three', ''])
    // An answer to the last one is due.
    expect(pass(1000)).toEqual([])
    expect(traffic.sent).toBe(4)
    expect([link.hasRoom, link.pendingBytes, clock.pendingCount]).toEqual([true, 0, 0])
  })

  it('puts a batch that is larger than a payload together again', () => {
    traffic.maxPayloadBytes = 1000
    const batches: string[] = []
    receive({ onBatch: (_link, batch) => batches.push(batch.toString('hex')) })
    const link = open()
    const large = Buffer.from(Array.from({ length: 50_000 }, (_, index) => index % 251))
    link.send(Buffer.from('before'))
    link.send([large.subarray(0, 10), large.subarray(10, 30_001), large.subarray(30_001)])
    link.send(Buffer.from('after'))
    expect(link.pendingBytes).toBeGreaterThanOrEqual(50_011)
    clock.advance(100)
    const hex = [Buffer.from('before'), large, Buffer.from('after')].map((b) => b.toString('hex'))
    expect(batches).toEqual(hex)
    expect(link.pendingBytes).toBe(0)
  })

  it('has sixteen datagrams and four megabytes under way at the most', () => {
    let areLost = true
    answerOnly((count) => count === 1 || !areLost)
    receive({ onBatch() {} })
    const link = open()
    for (let count = 0; count < 100; count++) link.send(Buffer.alloc(10))
    clock.advance(400)
    expect([traffic.sent, link.hasRoom]).toEqual([1 + 16, false])
    areLost = false
    clock.advance(2000)
    expect([link.hasRoom, link.pendingBytes]).toEqual([true, 0])
    link.send(Buffer.alloc(20 * MIB))
    expect([link.hasRoom, link.pendingBytes > 20 * MIB]).toEqual([false, true])
    clock.advance(1000)
    expect(traffic.mostBytesUnderWay).toBe(4 * MIB)
    expect([link.hasRoom, link.pendingBytes]).toEqual([true, 0])
  })

  it('says when there is room again, and only when there was none', () => {
    receive({ onBatch() {} })
    const link = open()
    expect(link.hasRoom).toBe(true)
    link.send(Buffer.from('first'))
    expect(link.hasRoom).toBe(false)
    expect(pass()).toEqual(['opened', 'drained'])
    link.send(Buffer.from('second'))
    expect(link.hasRoom).toBe(true)
    expect(pass()).toEqual([])
    for (let count = 0; count < 16; count++) link.send(Buffer.from('next'))
    expect(link.hasRoom).toBe(false)
    expect(pass()).toEqual(['drained'])
  })

  it('looks for its other end until it is there', () => {
    const link = open()
    link.send(Buffer.from('early'))
    link.send(Buffer.from('second'))
    expect(pass(60_000)).toEqual([])
    receive()
    expect(pass(50)).toEqual(['opened', 'early', 'drained', 'second'])
    expect(traffic.sent).toBeLessThan(60_000 / 25 + 4)
  })

  it('is refused when its other end was closed', () => {
    const linkId = newLinkId()
    const receivers = receive()
    const link = open({ linkId })
    link.send(Buffer.from('one'))
    pass()
    receivers.closeLink(linkId)
    link.send(Buffer.from('two'))
    link.send(Buffer.from('three'))
    expect(pass(60_000)).toEqual(['refused: unknown link'])
    expect([link.pendingBytes, clock.pendingCount]).toEqual([0, 0])
    link.send(Buffer.from('four'))
    expect([link.pendingBytes, pass(60_000)]).toEqual([0, []])
  })

  it('is not opened again by its first datagram, when that comes twice', () => {
    const linkId = newLinkId()
    const receivers = receive()
    open({ linkId }).send(Buffer.from('one'))
    pass()
    receivers.closeLink(linkId)
    open({ linkId }).send(Buffer.from('one'))
    expect(pass()).toEqual(['refused: unknown link'])
  })

  it('may be closed by whoever gets its batches, which come no more then', () => {
    traffic.weather = { loss: 0, repetition: 0, delay: 0.5, maxDelayMs: 20 }
    const linkId = newLinkId()
    const receivers = receive({
      onBatch(_link, batch) {
        events.push(batch.toString())
        if (batch.toString() === '7') receivers.closeLink(linkId)
      },
    })
    const link = open({ linkId, onDrained() {} })
    const numbers = ['0', '1', '2', '3', '4', '5', '6', '7']
    for (const number of [...numbers, '8', '9', '10']) link.send(Buffer.from(number))
    expect(pass(1000)).toEqual(['opened', ...numbers, 'refused: unknown link'])
  })

  it('may be closed when it opens', () => {
    const receivers = receive({ onOpened: (link) => receivers.closeLink(link) })
    open().send(Buffer.from('one'))
    expect(pass()).toEqual(['refused: unknown link'])
  })

  it('is refused by a receiver that was started again', () => {
    receive().close()
    const first = receive()
    const link = open()
    link.send(Buffer.from('one'))
    pass()
    first.close()
    receive()
    link.send(Buffer.from('two'))
    expect(pass()).toEqual(['refused: unknown link'])
  })

  it('is refused when nobody is there any more for some time', () => {
    const receivers = receive()
    const link = open()
    link.send(Buffer.from('one'))
    pass()
    receivers.close()
    link.send(Buffer.from('two'))
    expect(pass(150)).toEqual([])
    expect(pass(150)).toEqual(['refused: nobody'])
    expect(clock.pendingCount).toBe(0)
  })

  it('forgets that nobody was there when somebody is again', () => {
    receive()
    const link = open()
    link.send(Buffer.from('one'))
    pass()
    // It listens elsewhere for a while, with all that it knows.
    let isAway = false
    const send = traffic.send.bind(traffic)
    traffic.send = (address, payload, timeoutMs, onAnswer) =>
      send(isAway ? 'nowhere' : address, payload, timeoutMs, onAnswer)
    for (let round = 0; round < 3; round++) {
      isAway = true
      link.send(Buffer.from('next'))
      expect(pass(150)).toEqual([])
      isAway = false
      expect(pass(1000)).toEqual(['next'])
    }
  })

  it('sends nothing again whose receipt a later answer tells', () => {
    // The others are those to the fifth one, the ninth and the thirteenth.
    answerOnly((count) => count === 1 || count === 5)
    receive({ onBatch() {} })
    const link = open()
    for (let count = 0; count < 16; count++) link.send(Buffer.from('next'))
    expect(pass(60_000)).toEqual(['opened', 'drained'])
    expect([traffic.sent, link.pendingBytes]).toEqual([16, 0])
  })

  it('has one answer for several small datagrams, before long', () => {
    let answers = 0
    answerOnly(() => ++answers > 0)
    receive({ onBatch() {} })
    const link = open()
    for (let count = 0; count < 10; count++) link.send(Buffer.from('small'))
    pass(20)
    // To the first one, which opens the link, to four, and to four more.
    expect([answers, link.pendingBytes > 0]).toEqual([3, true])
    pass(60)
    expect([answers, link.pendingBytes]).toEqual([4, 0])
    link.send(Buffer.alloc(MIB / 2))
    pass(5)
    expect([answers, link.pendingBytes]).toEqual([5, 0])
  })

  it('outlives that the other end is not heard of for a short time', () => {
    let answersFrom = 0
    const listen = traffic.listen.bind(traffic)
    traffic.listen = (address, onMessage) =>
      listen(address, (payload, answer) => {
        if (clock.now() >= answersFrom) onMessage(payload, answer)
      })
    receive()
    const link = open()
    link.send(Buffer.from('one'))
    pass()
    answersFrom = clock.now() + 3000
    link.send(Buffer.from('two'))
    expect(pass(2900)).toEqual([])
    expect(pass(1000)).toEqual(['two'])
  })

  it('sends nothing and calls nobody when it was closed', () => {
    receive()
    const link = open()
    link.send(Buffer.from('one'))
    link.send(Buffer.from('two'))
    link.close()
    expect([link.pendingBytes, link.hasRoom]).toEqual([0, false])
    expect(pass(60_000)).toEqual(['opened', 'one'])
    expect(traffic.sent).toBe(1)
  })

  it('is broken by a batch that is too large, or that cannot be handled', () => {
    traffic.maxPayloadBytes = 1000
    receive({
      maxBatchBytes: 5000,
      onBatch() {
        throw new Error('what is this?')
      },
    })
    open().send(Buffer.alloc(6000))
    const tooLarge = 'broken: a batch has more than 5000 bytes'
    expect(pass()).toEqual(['opened', 'drained', tooLarge, 'refused: unknown link'])
    const link = open()
    link.send(Buffer.from('one'))
    expect(pass()).toEqual(['opened', 'broken: what is this?', 'drained'])
    link.send(Buffer.from('two'))
    expect(pass()).toEqual(['refused: unknown link'])
  })
})

describe('a receiver', () => {
  const datagram = (link: string, number: number, openBefore: number, hasMore = false): Buffer => {
    const bytes = Buffer.alloc(HEADER_BYTES)
    writeHeader(bytes, { link, number, hasMore })
    markOpenBefore(bytes, openBefore)
    return bytes
  }
  const send = (bytes: Buffer): void => traffic.send(ADDRESS, bytes, 100, () => {})

  it('sees from the first datagram of another receiver that came again that it lacks the rest', () => {
    receive()
    const link = newLinkId()
    send(datagram(link, 1, 0))
    send(datagram(link, 9, 5))
    send(datagram(link, 1, 0))
    expect(pass()).toEqual(['opened', '', 'broken: it began with another receiver'])
  })

  it('holds no more for a batch than that may have, be it in pieces of nothing', () => {
    receive({ maxBatchBytes: 10_000 })
    const link = newLinkId()
    for (let number = 1; number < 100; number++) send(datagram(link, number, 0, true))
    expect(pass()).toEqual(['opened', 'broken: a batch has more than 10000 bytes'])
  })

  it('does not answer what no sender has made, and goes on', () => {
    receive()
    const valid = datagram(newLinkId(), 1, 0)
    const withByte = (at: number, byte: number): Buffer => {
      const bytes = Buffer.from(valid)
      bytes[at] = byte
      return bytes
    }
    // Too short; another version; marks that there are not; number 0; one before the first is open.
    const malformed = [
      Buffer.alloc(0),
      valid.subarray(0, HEADER_BYTES - 1),
      withByte(0, 2),
      withByte(1, 0x40),
      withByte(15, 0),
      withByte(1, 1),
    ]
    for (const bytes of malformed) send(bytes)
    send(valid)
    expect(pass()).toEqual([...malformed.map(() => 'malformed'), 'opened', ''])
  })

  it('survives any bytes', () => {
    let answers = 0
    receive({ onBatch() {}, onOpened() {}, onBroken() {}, onMalformed() {} })
    const link = newLinkId()
    for (let seed = 1; seed < 5000; seed++) {
      const bytes = Buffer.alloc(seed % 40, 0)
      for (let at = 0; at < bytes.length; at++) bytes[at] = (Math.imul(seed, at + 7919) >>> 9) & 255
      // Else nearly all would be of another version.
      if (seed % 2 === 0 && bytes.length >= HEADER_BYTES) bytes[0] = 1
      if (seed % 4 === 0 && bytes.length >= HEADER_BYTES) bytes.write(link, 2, 'base64url')
      traffic.send(ADDRESS, bytes, 100, (answer) => {
        if (answer !== undefined) answers++
      })
      if (seed % 20 === 0) clock.advance(100)
    }
    expect(answers).toBeGreaterThan(100)
  })
})

describe('a sender', () => {
  it('takes an answer that no receiver has made for none', () => {
    const answers = [
      Buffer.alloc(0),
      Buffer.alloc(8),
      Buffer.from([1, 7, 0, 0, 0, 0, 0, 1]),
      // More than was ever sent.
      Buffer.from([1, 0, 0, 0, 0, 0, 0, 2]),
      Buffer.from([2, 0, 0, 0, 0, 0, 0, 1]),
      Buffer.from([1, 0, 0, 0, 0, 0, 0, 1]),
    ]
    traffic.listen(ADDRESS, (_payload, answer) => answer(answers.shift() ?? Buffer.alloc(0)))
    const link = open()
    link.send(Buffer.from('one'))
    expect(pass(1000)).toEqual(['drained'])
    expect([answers.length, link.pendingBytes, traffic.sent]).toEqual([0, 0, 6])
  })
})
