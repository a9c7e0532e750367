import { expect, it } from 'vitest'
import { messageTable } from '../../../../src/cli/output/messages.ts'
import { Output } from '../../../../src/cli/output/output.ts'

const outputTo = (isTTY: boolean): Output => {
  const terminal = { isTTY, columns: 200, write: () => true }
  return new Output({ stdout: terminal, stderr: terminal, isJson: false })
}

const dead = {
  position: 0,
  id: '1',
  state: 'ready',
  exchange: '',
  routing_key: 'dead',
  redelivered: false,
  payload_bytes: 1,
  properties: { delivery_mode: 2 },
  payload: 'x',
  payload_encoding: 'string',
  death: { queue: 'work', reason: 'rejected' },
}

it('shows people what is told of some messages only', () => {
  const { lines } = messageTable(outputTo(true), [dead], { inQueue: true })
  expect(lines[0]).toMatch(/^position +id +state +died in +why +exchange .* body$/)
  expect(lines[1]).toMatch(/^ +0 +1 +ready +work +rejected .* x$/)
  expect(messageTable(outputTo(true), []).lines[0]).toMatch(/^exchange +routing_key/)
})

it('gives programs the same columns whatever the messages are', () => {
  const { lines } = messageTable(outputTo(false), [dead, { ...dead, death: undefined }] as never, {
    inQueue: true,
  })
  const row = '0\t1\tready\t\tdead\tfalse\t1\t{"delivery_mode":2}\tx'
  expect(lines).toEqual([row, row])
})
