import { afterEach, expect, it } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { NodeCalls } from '../../src/broker/cluster/node-calls.ts'
import { natsTest } from './support/nats-test.ts'

const nats = natsTest()

nats.describe('what nodes have each other do', () => {
  const open: NodeCalls[] = []
  const prefix = nats.uniqueName()
  const callsOf = (node: string, answer: (question: Buffer) => Promise<Buffer>): NodeCalls => {
    const { connection, requests } = nats.link
    const small = {
      maxPayloadBytes: 100,
      ask: requests.ask.bind(requests),
      send: requests.send.bind(requests),
    }
    const link = { connection, requests: small }
    const calls = new NodeCalls({
      ...{ link, prefix, node, answer },
      clock: systemClock,
      logger: silentLogger,
    })
    open.push(calls)
    return calls
  }
  const nothing = async (): Promise<Buffer> => Buffer.alloc(0)
  afterEach(() => {
    for (const calls of open.splice(0)) calls.close()
  })

  it('goes in parts, and comes back in parts', async () => {
    const caller = callsOf('a', nothing)
    callsOf('b', async (question) => Buffer.concat([question, Buffer.from('!')]))
    for (const length of [0, 1, 86, 87, 88, 250, 10_000]) {
      const question = Buffer.alloc(length, 'question ')
      expect((await caller.call('b', question))?.toString()).toBe(`${question.toString()}!`)
    }
  })

  it('takes as long as it takes, unless there is a limit', async () => {
    const caller = callsOf('c', nothing)
    let finish = (_answer: Buffer): void => {}
    callsOf(
      'd',
      () =>
        new Promise((resolve) => {
          finish = resolve
        }),
    )
    expect(await caller.call('d', Buffer.from('limited'), 1500)).toBeUndefined()
    const asked = caller.call('d', Buffer.from('unlimited'))
    setTimeout(() => finish(Buffer.from('done')), 2500)
    expect((await asked)?.toString()).toBe('done')
  })

  it('knows no answer of a node that is not there', async () => {
    expect(await callsOf('e', nothing).call('f', Buffer.from('?'))).toBeUndefined()
  })
})
