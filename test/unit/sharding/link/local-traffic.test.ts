import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { OnAnswer } from '../../../../src/sharding/link/batch-traffic.ts'
import { LocalTraffic } from '../../../../src/sharding/link/local-traffic.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { SimulatedTraffic } from './simulated-traffic.ts'

let clock: FakeClock
let others: SimulatedTraffic
let traffic: LocalTraffic
let answers: (string | undefined)[]

beforeEach(() => {
  clock = new FakeClock()
  others = new SimulatedTraffic(clock)
  traffic = new LocalTraffic(others, clock)
  answers = []
})

const onAnswer: OnAnswer = (answer) =>
  answers.push(answer instanceof Uint8Array ? Buffer.from(answer).toString() : answer)
const send = (address: string, text: string): void =>
  traffic.send(address, Buffer.from(text), 100, onAnswer)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('local traffic', () => {
  it('reaches a listener of this process in the next turn, with the bytes themselves', async () => {
    const payloads: Buffer[] = []
    traffic.listen('here', (payload, answer) => {
      payloads.push(payload)
      answer(Buffer.from('heard'))
    })
    const payload = Buffer.from('hello')
    traffic.send('here', payload, 100, onAnswer)
    expect(payloads).toEqual([])
    await turn()
    expect([payloads[0]?.buffer === payload.buffer, payloads[0]?.toString()]).toEqual([
      true,
      'hello',
    ])
    expect([answers, others.sent, clock.pendingCount]).toEqual([['heard'], 0, 0])
  })

  it('keeps the order', async () => {
    const heard: string[] = []
    traffic.listen('here', (payload) => heard.push(payload.toString()))
    for (const text of ['a', 'b', 'c']) send('here', text)
    await turn()
    expect(heard).toEqual(['a', 'b', 'c'])
  })

  it('takes other traffic to all other addresses, and is reached by it', () => {
    traffic.listen('here', (payload, answer) => answer(Buffer.from(`${payload.toString()}!`)))
    others.listen('there', (payload, answer) => answer(Buffer.from(`${payload.toString()}?`)))
    send('there', 'one')
    others.send('here', Buffer.from('two'), 100, onAnswer)
    clock.advance(10)
    expect(answers).toEqual(['one?', 'two!'])
    others.maxPayloadBytes = 77
    expect(traffic.maxPayloadBytes).toBe(77)
  })

  it('says nobody when the listener went meanwhile, and asks others from then on', async () => {
    const stop = traffic.listen('here', (_payload, answer) => answer(Buffer.from('heard')))
    send('here', 'one')
    stop()
    expect(answers).toEqual([])
    await turn()
    expect(answers).toEqual(['nobody'])
    send('here', 'two')
    clock.advance(10)
    expect([answers, others.sent]).toEqual([['nobody', 'nobody'], 1])
  })

  it('tells of an answer that does not come in time, and of one that comes late', async () => {
    const waiting: ((bytes: Uint8Array) => void)[] = []
    traffic.listen('here', (_payload, answer) => waiting.push(answer))
    send('here', 'one')
    send('here', 'two')
    await turn()
    clock.advance(99)
    waiting[0]?.(Buffer.from('late'))
    waiting[0]?.(Buffer.from('again'))
    expect(answers).toEqual(['late'])
    clock.advance(1)
    waiting[1]?.(Buffer.from('too late'))
    expect([answers, clock.pendingCount]).toEqual([['late', undefined], 0])
  })

  it('has one listener an address', () => {
    const first = vi.fn()
    const stop = traffic.listen('here', first)
    expect(() => traffic.listen('here', vi.fn())).toThrow('here has a listener already')
    stop()
    traffic.listen('here', vi.fn())
    // Which is not the one that it made an end of.
    stop()
    expect(() => traffic.listen('here', vi.fn())).toThrow('here has a listener already')
  })
})
