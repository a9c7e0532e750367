import { expect, it, vi } from 'vitest'
import { NoAnswer } from '../../src/nats/requests.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()
const noAnswer = (reason: string): NoAnswer => new NoAnswer(reason as NoAnswer['reason'])

nats.describe('a request', () => {
  it('is answered, many at once, each with its own answer', async () => {
    const subject = nats.uniqueName()
    const other = await nats.connect()
    other.connection.subscribe(subject, {
      callback: (_error, message) => void message.respond(`${message.string()}!`),
    })
    await other.connection.flush()
    const asked = Array.from({ length: 1000 }, (_, n) => `question ${n}`)
    const answers = await Promise.all(
      asked.map((question) => nats.link.requests.ask(subject, question, 5000)),
    )
    const texts = answers.map((answer) => (answer instanceof NoAnswer ? '' : answer.string()))
    expect(texts).toEqual(asked.map((question) => `${question}!`))
  })

  it('is known at once to reach nobody, and some time later not to be answered', async () => {
    const subject = nats.uniqueName()
    const { requests, connection } = nats.link
    expect(await requests.ask(subject, '', 60_000)).toEqual(noAnswer('nobody listens'))
    connection.subscribe(subject, { callback() {} })
    expect(await requests.ask(subject, '', 50)).toEqual(noAnswer('it took too long'))
  })

  it('is refused when it is larger than a server takes', async () => {
    const { requests } = nats.link
    const tooLarge = Buffer.alloc(requests.maxPayloadBytes + 1)
    expect(await requests.ask('leveret.large', tooLarge, 1000)).toEqual(
      noAnswer('it cannot be sent'),
    )
  })

  it('is given up when the connection is lost, and made again on the next one', async () => {
    const subject = nats.uniqueName()
    const link = await nats.connect()
    nats.link.connection.subscribe(subject, { callback() {} })
    await nats.link.connection.flush()
    const waiting = link.requests.ask(subject, '', 60_000)
    await link.connection.reconnect()
    expect(await waiting).toEqual(noAnswer('the connection is lost'))
    const state = nats.uniqueName()
    await vi.waitFor(async () => {
      expect(await link.requests.ask(state, '', 1000)).toEqual(noAnswer('nobody listens'))
    }, 30_000)
  })

  it('is refused when the connection is closed, by whomever', async () => {
    const link = await nats.connect()
    await link.connection.close()
    await vi.waitFor(async () => {
      expect(await link.requests.ask('leveret.closed', '', 1000)).toEqual(noAnswer('closed'))
    }, 30_000)
    await link.close()
  })
})
