import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Answer, NoAnswer, Requests } from '../../../src/nats/requests.ts'

const TIMEOUT_MS = 100

/** Servers that keep what they are sent, and answer when they are told to. */
class SilentConnection {
  readonly replies: string[] = []
  #callback: (error: Error | null, message: Msg) => void = () => {}

  subscribe(_subject: string, options: { callback: (error: Error | null, message: Msg) => void }) {
    this.#callback = options.callback
    return { unsubscribe() {} }
  }

  publish(_subject: string, _payload: unknown, { reply }: { reply: string }): void {
    this.replies.push(reply)
  }

  answer(index: number): void {
    const subject = this.replies[index] as string
    this.#callback(null, {
      subject,
      data: Buffer.from('yes'),
      headers: undefined,
    } as unknown as Msg)
  }
}

let connection: SilentConnection
let requests: Requests
let answers: string[]

const send = (name: string, timeoutMs = TIMEOUT_MS, then = (): void => {}): void =>
  requests.send('subject', name, timeoutMs, (answer: Answer) => {
    answers.push(`${name}: ${answer instanceof NoAnswer ? answer.reason : 'answered'}`)
    then()
  })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
  connection = new SilentConnection()
  requests = new Requests(connection as unknown as NatsConnection)
  answers = []
})

afterEach(() => {
  vi.useRealTimers()
})

describe('requests', () => {
  it('are each told their own answer, once', () => {
    for (const name of ['a', 'b', 'c']) send(name)
    connection.answer(2)
    connection.answer(0)
    connection.answer(0)
    expect(answers).toEqual(['c: answered', 'a: answered'])
  })

  it('are told when it takes too long, and not when the answer comes after all', () => {
    send('a')
    send('b', 10 * TIMEOUT_MS)
    vi.advanceTimersByTime(2 * TIMEOUT_MS)
    connection.answer(0)
    connection.answer(1)
    expect(answers).toEqual(['a: it took too long', 'b: answered'])
  })

  it('are told in their order that the connection is lost', () => {
    const names = Array.from({ length: 100 }, (_, index) => `${index}`)
    for (const name of names) send(name)
    requests.disconnected()
    expect(answers).toEqual(names.map((name) => `${name}: the connection is lost`))
  })

  it('are told once, though one that is told ends the others', () => {
    send('a', TIMEOUT_MS, () => requests.close())
    send('b')
    vi.advanceTimersByTime(2 * TIMEOUT_MS)
    expect(answers).toEqual(['a: it took too long', 'b: closed'])
  })
})
