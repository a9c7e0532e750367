import {
  BASIC_ACK,
  BASIC_CONSUME,
  BASIC_NACK,
  BASIC_PUBLISH,
  BASIC_QOS,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  FRAME_BODY,
  FRAME_HEADER,
  FRAME_METHOD,
  type Method,
  TX_COMMIT,
  TX_ROLLBACK,
  TX_SELECT,
} from 'amqp-codec'
import { beforeEach, describe, expect, it } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Channel } from '../../../src/channel/channel.ts'
import { dispatch } from '../../../src/channel/dispatch.ts'
import type { PreparedPublish } from '../../../src/channel/publisher.ts'
import { Transaction } from '../../../src/channel/transaction.ts'
import { COMPAT_PROFILES } from '../../../src/config/compat.ts'
import { ACCEPTED } from '../../../src/exchange/destination.ts'
import type { Ticket } from '../../../src/message-log/queue-log.ts'
import type { TicketSource } from '../../../src/message-log/ticket-source.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { NodeTickets } from '../../../src/sharding/node-tickets.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { type FieldsOf, method } from '../../support/raw-client-method.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { LogFixture } from '../message-log/log-fixture.ts'
import { microtasks } from '../message-log/manual-journal.ts'
import { RecordingOutput } from './recording-output.ts'

const FRAME_HEADER_BYTES = 7

const owner = {}

let log: LogFixture
let output: RecordingOutput
let vhost: Vhost
/** What the client was sent, of all its channels. */
let sent: string[]

beforeEach(() => {
  log = new LogFixture()
  output = new RecordingOutput()
  sent = output.sent
  let queueCount = 0
  vhost = new Vhost('/', {
    createQueue: ({ name, vhostName, properties, events }) => {
      const queueLog = properties.durable ? log.log.queueLog(++queueCount) : null
      return new ClassicQueue({ name, vhostName, properties, events, logOf: () => queueLog })
    },
  })
})

function declare(name: string, durable: boolean): ClassicQueue {
  const properties = { durable, exclusiveOwner: null, autoDelete: false, arguments: new Map() }
  return vhost.declareQueue(name, properties, owner) as ClassicQueue
}

class Client {
  readonly #channel: Channel

  constructor(number: number, tickets: TicketSource = log.log) {
    this.#channel = new Channel(number, {
      vhost,
      access: Access.unrestricted('guest', '/'),
      profile: COMPAT_PROFILES.lenient,
      owner,
      link: { name: '' },
      output,
      messageLog: tickets,
      maxMessageSize: 1_000_000,
      consumersPerChannel: 0,
      consumerTimeoutMs: 0,
      cancelNotify: true,
      dispatch,
      isMemoryShort: () => false,
      wait: (_, until, go) => void until.then(go),
      channelClosed() {},
    })
  }

  send<Id extends Method['id']>(id: Id, fields: FieldsOf<Id> = {}): this {
    return this.#frame(FRAME_METHOD, encodeMethodFrame(1, method(id, fields)))
  }

  publish(routingKey: string, body: string, deliveryMode = 2): this {
    this.send(BASIC_PUBLISH, { routingKey })
    this.#frame(FRAME_HEADER, encodeContentHeaderFrame(1, body.length, { deliveryMode }))
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + body.length + 1, 0xce)
    frame[0] = FRAME_BODY
    frame.writeUInt16BE(1, 1)
    frame.writeUInt32BE(body.length, 3)
    frame.write(body, FRAME_HEADER_BYTES)
    return this.#frame(FRAME_BODY, frame)
  }

  end(): void {
    this.#channel.end()
  }

  #frame(type: number, frame: Buffer): this {
    this.#channel.onFrame(type, frame, FRAME_HEADER_BYTES, frame.length - 1)
    return this
  }
}

/** How many records there are of what this turn has brought. */
async function recordsOfTurn(): Promise<number> {
  const before = log.journal.asked.length
  await log.storeAll()
  return log.journal.asked.length - before
}

const LARGE = 'x'.repeat(200_000)

describe('a commit', () => {
  it('is one record, whatever its size, in however many queues and with what it settles', async () => {
    declare('a', true)
    declare('b', true)
    const client = new Client(1)
    client.publish('a', 'before').send(BASIC_CONSUME, { queue: 'a' })
    await log.storeAll()
    client.send(TX_SELECT)
    for (let n = 0; n < 5; n++) client.publish(n % 2 === 0 ? 'a' : 'b', LARGE)
    client.send(BASIC_ACK, { deliveryTag: 1 }).send(TX_COMMIT)
    expect(await recordsOfTurn()).toBe(1)
    const bodies = (await log.recovered()).map((line) => line.replaceAll(/x+/g, 'x'))
    expect(bodies).toEqual(['1/1 x again', '1/2 x again', '1/3 x again', '2/0 x', '2/1 x'])
  })

  it('is of no more messages than a record has room for', () => {
    const transaction = new Transaction(1000)
    const publish = { message: sampleMessage('x'.repeat(400)) } as PreparedPublish
    transaction.publish(publish)
    transaction.publish(publish)
    const problem = 'PRECONDITION_FAILED - transaction size 1317 is larger than max size 1000'
    expect(() => transaction.publish(publish)).toThrow(problem)
  })

  it('without anything in it does not make one record of what others do', async () => {
    declare('a', true)
    new Client(1).send(TX_SELECT).send(TX_COMMIT)
    const other = new Client(2)
    for (let n = 0; n < 5; n++) other.publish('a', LARGE)
    expect(await recordsOfTurn()).toBeGreaterThan(1)
  })

  it.each([
    ['a publish', (client: Client) => client.publish('a', 'x')],
    ['an acknowledgement', (client: Client) => client.send(BASIC_ACK, { deliveryTag: 1 })],
  ])('of %s is answered when it is stored', async (_, act) => {
    declare('a', true)
    const client = new Client(1)
    client.publish('a', 'first').send(BASIC_CONSUME, { queue: 'a' })
    await log.storeAll()
    client.send(TX_SELECT)
    act(client).send(TX_COMMIT)
    await microtasks()
    expect(sent).not.toContain('tx.commit-ok')
    await log.storeAll()
    expect(sent).toContain('tx.commit-ok')
  })

  it.each([
    ['transient publish', true, 1],
    ['publish to a transient queue', false, 2],
  ])(
    'of a %s is answered at once, though others wait for what they publish',
    (_, durable, mode) => {
      declare('a', durable)
      declare('b', true)
      new Client(2).publish('b', 'x')
      new Client(1).send(TX_SELECT).publish('a', 'x', mode).send(TX_COMMIT)
      expect(sent.at(-1)).toBe('tx.commit-ok')
    },
  )

  it('waits for nothing but its own publishes, where each becomes safe by itself', async () => {
    const tickets = new NodeTickets(() => {})
    const queues = ['a', 'b'].map((name) => declare(name, true))
    const opened: Ticket[] = []
    for (const queue of queues) {
      queue.publish = () => {
        opened.push(tickets.open())
        return opened.at(-1) as Ticket
      }
    }
    new Client(2, tickets).publish('b', 'of somebody else')
    const client = new Client(1, tickets).send(TX_SELECT)
    client.publish('a', 'x').publish('b', 'x').send(TX_COMMIT)
    const [, first, second] = opened as [Ticket, Ticket, Ticket]
    for (const ticket of [second, first]) {
      await microtasks()
      expect(sent).not.toContain('tx.commit-ok')
      tickets.settle(ticket, ACCEPTED)
    }
    await microtasks()
    expect(sent).toContain('tx.commit-ok')
  })

  it('that nothing is stored of is answered before what it brings', () => {
    declare('a', false)
    declare('b', true)
    const client = new Client(1)
    client.send(BASIC_QOS, { prefetchCount: 1 }).send(BASIC_CONSUME, { queue: 'a' })
    client.publish('a', 'one').publish('a', 'two')
    new Client(2).publish('b', 'x')
    client.send(TX_SELECT).send(BASIC_ACK, { deliveryTag: 1 }).send(TX_COMMIT)
    expect(sent.slice(-3)).toEqual(['tx.select-ok', 'tx.commit-ok', 'basic.deliver two'])
  })

  it('has its publishes before what it gives back', async () => {
    const queue = declare('a', true)
    const client = new Client(1)
    client.publish('a', 'one')
    client.send(BASIC_CONSUME, { queue: 'a', consumerTag: 'c' }).send(TX_SELECT)
    client.publish('a', 'two').send(BASIC_NACK, { deliveryTag: 1, requeue: true })
    client.send(TX_COMMIT)
    const delivered = sent.filter((line) => line.startsWith('basic.deliver'))
    expect(delivered).toEqual(['basic.deliver one', 'basic.deliver two', 'basic.deliver one'])
    expect([queue.readyCount, queue.unackedCount]).toEqual([0, 2])
  })
})

describe('a transaction that is not committed', () => {
  it.each([
    ['is rolled back', (client: Client) => void client.send(TX_ROLLBACK)],
    ['ends with its channel', (client: Client) => client.end()],
  ])('leaves nothing in the journal when it %s', async (_, end) => {
    const queue = declare('a', true)
    const client = new Client(1)
    client.publish('a', 'before').send(BASIC_CONSUME, { queue: 'a' })
    await log.storeAll()
    const before = log.journal.asked.length
    client.send(TX_SELECT).publish('a', 'x').send(BASIC_ACK, { deliveryTag: 1 })
    end(client)
    await log.storeAll()
    expect(log.journal.asked).toHaveLength(before)
    expect(queue.readyCount + queue.unackedCount).toBe(1)
    expect(await log.recovered()).toEqual(['1/0 before again'])
  })
})
