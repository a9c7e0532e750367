// What is told of a message's way, against where the message goes when it is published.

import {
  BASIC_PUBLISH,
  encodeMethodFrame,
  type FieldTable,
  type FieldValue,
  fieldTableFromObject,
} from 'amqp-codec'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Access } from '../../../src/auth/access.ts'
import { Publisher } from '../../../src/channel/publisher.ts'
import { AmqpError } from '../../../src/errors.ts'
import { memoryOnly } from '../../../src/queue/queue-storage.ts'
import { delayQueueFactory } from '../../../src/vhost/delay-queue-factory.ts'
import { MessageCounts } from '../../../src/vhost/message-counts.ts'
import { explainRoute } from '../../../src/vhost/route-explanation.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { method } from '../../support/raw-client-method.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const QUEUES = ['q', 'a', 'b', 'a.b']
const EXCHANGES = ['x', 'y', 'z']
const DELAY_MS = 1000
const OWNER = {}
const ACCESS = Access.unrestricted('guest', '/')

interface Sketch {
  readonly type: string
  readonly delayed: boolean
  readonly internal: boolean
  readonly alternate: string | undefined
  readonly policyAlternate: string | undefined
}

interface BindingSketch {
  readonly source: string
  readonly kind: 'queue' | 'exchange'
  readonly queue: string
  readonly exchange: string
  readonly key: string
  readonly weight: string
  readonly arguments: Readonly<Record<string, string>>
}

interface Publication {
  readonly exchange: string
  readonly routingKey: string
  readonly headers: FieldTable
  readonly messageId: string
}

const alternate = fc.option(fc.constantFrom(...EXCHANGES, 'nowhere'), { nil: undefined, freq: 2 })
const sketch = fc.record<Sketch>({
  type: fc.constantFrom(
    ...['direct', 'fanout', 'topic', 'headers'],
    ...['x-consistent-hash', 'x-modulus-hash', 'x-recent-history'],
  ),
  delayed: fc.boolean(),
  internal: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  alternate,
  policyAlternate: alternate,
})
const binding = fc.record<BindingSketch>({
  source: fc.constantFrom(...EXCHANGES),
  kind: fc.constantFrom('queue', 'exchange'),
  queue: fc.constantFrom(...QUEUES),
  exchange: fc.constantFrom(...EXCHANGES),
  key: fc.constantFrom('a', 'a.b', 'a.*', '#', '*.#.b', ''),
  weight: fc.constantFrom('1', '2'),
  arguments: fc.dictionary(fc.constantFrom('h', 'x-h'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
})
const mode = fc.constantFrom(undefined, 'all', 'any', 'all-with-x', 'any-with-x')
const bound = fc
  .tuple(binding, mode)
  .map(([one, match]) =>
    match === undefined ? one : { ...one, arguments: { ...one.arguments, 'x-match': match } },
  )

const key = fc.constantFrom('a', 'a.b', 'a.c.b', 'q', '', 'none')
const copies = fc.oneof<fc.Arbitrary<FieldValue>[]>(
  fc
    .array(key, { maxLength: 2 })
    .map((keys) => ({ type: 'A', value: keys.map((value) => ({ type: 'S', value })) })),
  fc.constant({ type: 'S', value: 'a' }),
)
const plain = fc.constantFrom<FieldValue>({ type: 'S', value: '1' }, { type: 'I', value: 1 })
const publication = fc.record<Publication>({
  exchange: fc.constantFrom('', ...EXCHANGES),
  routingKey: key,
  headers: fc
    .record(
      {
        h: plain,
        'x-h': plain,
        CC: copies,
        BCC: copies,
        'x-delay': fc.constant<FieldValue>({ type: 'I', value: DELAY_MS }),
      },
      { requiredKeys: [] },
    )
    .map((headers) => new Map(Object.entries(headers) as [string, FieldValue][])),
  messageId: fc.constantFrom('', '1', '2', '3'),
})

/** A vhost with such exchanges, and those who publish to it. */
class Fixture {
  readonly clock: FakeClock = new FakeClock()
  readonly vhost: Vhost = new Vhost('/', {
    clock: this.clock,
    createDelayQueue: delayQueueFactory({ ...memoryOnly(), clock: this.clock }),
  })
  returnCount = 0

  constructor(sketches: readonly Sketch[], bindings: readonly BindingSketch[]) {
    for (const [index, one] of sketches.entries()) this.#declare(EXCHANGES[index] as string, one)
    this.vhost.applyPolicies()
    const properties = { durable: false, exclusiveOwner: null, autoDelete: false }
    for (const name of QUEUES) {
      this.vhost.declareQueue(name, { ...properties, arguments: new Map() }, OWNER)
    }
    for (const one of bindings) {
      const type = sketches[EXCHANGES.indexOf(one.source)]?.type
      this.vhost.bind(
        {
          source: one.source,
          kind: one.kind,
          destination: one.kind === 'queue' ? one.queue : one.exchange,
          routingKey: type === 'x-consistent-hash' ? one.weight : one.key,
          arguments: fieldTableFromObject(one.arguments),
        },
        OWNER,
      )
    }
  }

  #declare(
    name: string,
    { type, delayed, internal, alternate: to, policyAlternate }: Sketch,
  ): void {
    const given = {
      ...(to === undefined ? {} : { 'alternate-exchange': to }),
      ...(delayed ? { 'x-delayed-type': type } : {}),
      ...(type === 'x-consistent-hash' ? { 'hash-property': 'message_id' } : {}),
    }
    this.vhost.declareExchange(name, {
      type: delayed ? 'x-delayed-message' : type,
      internal,
      ...{ durable: false, autoDelete: false, arguments: fieldTableFromObject(given) },
    })
    if (policyAlternate === undefined) return
    const definition = new Map([['alternate-exchange', policyAlternate]])
    const names = { kind: 'policy', vhost: '/', name, pattern: `^${name}$` } as const
    this.vhost.policies.set({ ...names, applyTo: 'exchanges', priority: 0, definition })
  }

  publish({ exchange, routingKey, headers, messageId }: Publication): void {
    const { vhost } = this
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
    const publisher = new Publisher({
      ...{ channel: 1, vhost, access: ACCESS, output, readsDeaths: true },
      messageLog: null,
      origin: { connectionName: '', number: 1, username: 'guest' },
      counts: new MessageCounts(),
    })
    const fields = { exchange, routingKey, mandatory: true }
    const frame = encodeMethodFrame(1, method(BASIC_PUBLISH, fields))
    const request = vhost.findPublishRequest(ACCESS, frame, 7, frame.length - 1)
    publisher.publish(
      request,
      sampleMessage('x', { exchange, routingKey, properties: { headers, messageId } }),
    )
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(
      Array.from(this.vhost.queues.values(), ({ name, readyCount }) => [name, readyCount]),
    )
  }
}

it('is where a message goes, whatever leads there', () => {
  const topology = fc.array(bound, { maxLength: 14, size: 'max' })
  const sketches = fc.tuple(sketch, sketch, sketch)
  fc.assert(
    fc.property(
      sketches,
      topology,
      fc.array(publication, { maxLength: 4 }),
      (all, bindings, sent) => {
        const fixture = new Fixture(all, bindings)
        for (const one of sent) {
          const before = fixture.counts
          const { exchange, routingKey, headers, messageId } = one
          const sample = { exchange, routingKey, properties: { headers, messageId } }
          const explain = () => explainRoute(fixture.vhost, sampleMessage('', sample))
          let refusal: unknown
          fixture.returnCount = 0
          // Asked twice: nothing changes by it.
          const explained = settled(() => [explain(), explain()][1] as ReturnType<typeof explain>)
          try {
            fixture.publish(one)
          } catch (error) {
            refusal = error
          }
          if (explained instanceof AmqpError || refusal !== undefined) {
            const reason = explained instanceof AmqpError ? explained.replyText : explained.reason
            expect(reason).toBe((refusal as AmqpError).replyText)
            continue
          }
          expect(explained.isRouted).toBe(fixture.returnCount === 0)
          fixture.clock.advance(DELAY_MS)
          const got = QUEUES.filter((name) => fixture.counts[name] !== before[name])
          expect([...explained.queueNames].sort()).toEqual(got.sort())
          const matched = explained.steps.flatMap((step) =>
            step.bindings
              .filter(({ isMatch }) => isMatch)
              .map(({ binding: { destination } }) => destination),
          )
          const leads = matched.filter(({ kind }) => kind === 'queue').map(({ name }) => name)
          expect([...new Set(leads)].sort()).toEqual(got)
          expect(explained.reason === undefined).toBe(got.length > 0)
        }
      },
    ),
    { numRuns: 1500 },
  )
})

function settled<T>(run: () => T): T | AmqpError {
  try {
    return run()
  } catch (error) {
    if (error instanceof AmqpError) return error
    throw error
  }
}
