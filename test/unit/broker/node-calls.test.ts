import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { encodeAnswer } from '../../../src/broker/cluster/call-datagrams.ts'
import { NodeCalls, type NodeCallsOptions } from '../../../src/broker/cluster/node-calls.ts'
import { FakeClock } from '../../support/fake-clock.ts'

it('a node that has more to say and never says it is not asked for ever', async () => {
  let asked = 0
  const ask = async (): Promise<{ data: Buffer }> => {
    if (++asked > 10) throw new Error('it is asked for ever')
    return { data: encodeAnswer(10, Buffer.alloc(0)) }
  }
  const link = { connection: { subscribe() {} }, requests: { maxPayloadBytes: 1000, ask } }
  const calls = new NodeCalls({
    ...{ link: link as unknown as NodeCallsOptions['link'], prefix: 'leveret', node: 'a' },
    ...{ answer: async () => Buffer.alloc(0), clock: new FakeClock(), logger: silentLogger },
  })
  expect(await calls.call('b', Buffer.from('?'))).toBeUndefined()
  calls.close()
})
