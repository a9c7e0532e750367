import { expect, it } from 'vitest'
import { Questions } from '../../../src/broker/cluster/questions.ts'
import type { NatsLink } from '../../../src/nats/nats-link.ts'

it('what cannot be answered any more ends no process', async () => {
  let onQuestion = (_error: null, _message: object): void => {}
  const connection = {
    subscribe: (_subject: string, options: { callback: typeof onQuestion }) => {
      onQuestion = options.callback
    },
  }
  const questions = new Questions({ connection } as unknown as NatsLink, 'leveret')
  questions.answer('a', 'applied', () => Promise.resolve(''))
  let asked = 0
  const respond = (): never => {
    asked++
    throw new Error('the connection is closed')
  }
  onQuestion(null, { respond, string: () => '' })
  await new Promise((resolve) => setImmediate(resolve))
  // What is thrown to nobody fails this run.
  expect(asked).toBe(1)
})
