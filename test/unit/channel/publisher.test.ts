// Publishers keep the route of an address; whatever changes the topology must reach them.

import {
  BASIC_PUBLISH,
  encodeMethodFrame,
  type FieldTable,
  fieldTableFromObject,
  type PlainTable,
} from 'amqp-codec'
import { describe, expect, it } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Publisher } from '../../../src/channel/publisher.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import type { BindingRequest } from '../../../src/vhost/binding-resolver.ts'
import { MessageCounts } from '../../../src/vhost/message-counts.ts'
import type { PublishRequest } from '../../../src/vhost/publish-request.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { method } from '../../support/raw-client-method.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const OWNER = {}
const NO_ARGUMENTS: FieldTable = new Map()

class Fixture {
  readonly vhost: Vhost = new Vhost('/')
  readonly #access = Access.unrestricted('guest', '/')
  /** How many messages came back. */
  returnCount = 0
  readonly #publisher: Publisher
  #request: PublishRequest | undefined

  constructor() {
    const output = {
      full: false,
      method() {},
      content: () => {
        this.returnCount++
      },
      deliver() {},
      deliverRun: () => 0,
      beforeFlush() {},
    }
    const access = this.#access
    const { vhost } = this
    this.#publisher = new Publisher({
      ...{ channel: 1, vhost, access, output, readsDeaths: true },
      messageLog: null,
      origin: { connectionName: '', number: 1, username: 'guest' },
      counts: new MessageCounts(),
    })
  }

  /** As a channel does it, that has the request of the same bytes at hand. */
  publish(exchange: string, routingKey: string, headers?: PlainTable): void {
    const fields = { exchange, routingKey, mandatory: true }
    const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, fields))
    if (this.#request === undefined || !this.#request.equals(frame, 7, frame.length - 1)) {
      this.#request = this.vhost.findPublishRequest(this.#access, frame, 7, frame.length - 1)
    }
    const properties = headers === undefined ? {} : { headers: fieldTableFromObject(headers) }
    this.#publisher.publish(this.#request, sampleMessage('x', { properties }))
  }

  declareQueue(name: string): Queue {
    const properties = { durable: false, exclusiveOwner: null, autoDelete: false }
    return this.vhost.declareQueue(name, { ...properties, arguments: NO_ARGUMENTS }, OWNER)
  }

  declareExchange(name: string, type: string, exchangeArguments = NO_ARGUMENTS): void {
    const properties = { type, durable: false, autoDelete: false, internal: false }
    this.vhost.declareExchange(name, { ...properties, arguments: exchangeArguments })
  }

  bind(
    source: string,
    destination: string,
    routingKey = '',
    bindingArguments = NO_ARGUMENTS,
  ): BindingRequest {
    const kind = this.vhost.queues.find(destination) === undefined ? 'exchange' : 'queue'
    const request = { source, kind, destination, routingKey, arguments: bindingArguments } as const
    this.vhost.bind(request, OWNER)
    return request
  }
}

describe('the same publish, again and again', () => {
  it('reaches a queue from when it is bound until it is unbound', () => {
    const fixture = new Fixture()
    const queue = fixture.declareQueue('q')
    fixture.publish('amq.direct', 'key')
    fixture.publish('amq.direct', 'key')
    expect([queue.readyCount, fixture.returnCount]).toEqual([0, 2])
    const binding = fixture.bind('amq.direct', 'q', 'key')
    fixture.publish('amq.direct', 'key')
    fixture.publish('amq.direct', 'key')
    expect([queue.readyCount, fixture.returnCount]).toEqual([2, 2])
    fixture.vhost.unbind(binding, OWNER)
    fixture.publish('amq.direct', 'key')
    expect([queue.readyCount, fixture.returnCount]).toEqual([2, 3])
  })

  it('reaches the queue that has the name at the time', () => {
    const fixture = new Fixture()
    const first = fixture.declareQueue('q')
    fixture.publish('', 'q')
    fixture.publish('', 'q')
    expect(first.readyCount).toBe(2)
    fixture.vhost.deleteQueue(first)
    fixture.publish('', 'q')
    expect(fixture.returnCount).toBe(1)
    const second = fixture.declareQueue('q')
    fixture.publish('', 'q')
    expect([second.readyCount, fixture.returnCount]).toEqual([1, 1])
  })

  it('is refused once its exchange has gone, and not when it is back', () => {
    const fixture = new Fixture()
    fixture.declareExchange('e', 'fanout')
    fixture.publish('e', '')
    fixture.vhost.deleteExchange('e', false)
    expect(() => fixture.publish('e', '')).toThrow("NOT_FOUND - no exchange 'e' in vhost '/'")
    fixture.declareExchange('e', 'direct')
    fixture.publish('e', '')
    expect(fixture.returnCount).toBe(2)
  })

  it('notices what changes behind an exchange that it only leads through', () => {
    const fixture = new Fixture()
    fixture.declareExchange('e', 'fanout')
    fixture.bind('amq.fanout', 'e')
    fixture.publish('amq.fanout', '')
    expect(fixture.returnCount).toBe(1)
    const queue = fixture.declareQueue('q')
    fixture.bind('e', 'q')
    fixture.publish('amq.fanout', '')
    expect([queue.readyCount, fixture.returnCount]).toEqual([1, 1])
  })

  it('finds an alternate exchange that is declared later', () => {
    const fixture = new Fixture()
    const alternate = fieldTableFromObject({ 'alternate-exchange': 'later' })
    fixture.declareExchange('e', 'direct', alternate)
    fixture.publish('e', 'key')
    expect(fixture.returnCount).toBe(1)
    const queue = fixture.declareQueue('q')
    fixture.declareExchange('later', 'fanout')
    fixture.bind('later', 'q')
    fixture.publish('e', 'key')
    expect([queue.readyCount, fixture.returnCount]).toEqual([1, 1])
  })
})

describe('what is not the address', () => {
  it('counts for a headers exchange, message by message', () => {
    const fixture = new Fixture()
    const queue = fixture.declareQueue('q')
    const bound = fieldTableFromObject({ colour: 'red' })
    fixture.bind('amq.headers', 'q', '', bound)
    fixture.publish('amq.headers', '', { colour: 'blue' })
    fixture.publish('amq.headers', '', { colour: 'red' })
    fixture.publish('amq.headers', '')
    fixture.publish('amq.headers', '', { colour: 'red' })
    expect([queue.readyCount, fixture.returnCount]).toEqual([2, 2])
  })

  it.each(['CC', 'BCC'])('is a %s header of that message only', (header) => {
    const fixture = new Fixture()
    const queue = fixture.declareQueue('q')
    const copy = fixture.declareQueue('copy')
    fixture.publish('', 'q')
    fixture.publish('', 'q', { [header]: ['copy', 'q'] })
    fixture.publish('', 'q')
    expect([queue.readyCount, copy.readyCount]).toEqual([3, 1])
  })
})
