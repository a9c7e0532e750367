import { expect, it } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()

const bodies = async (args: readonly string[]): Promise<unknown[]> => {
  const messages = await leveret.json<{ payload: string }[]>(args)
  return messages.map(({ payload }) => payload)
}

it('moves dead letters to where they died', async () => {
  for (const name of ['dead', 'q']) await leveret.output(['declare', 'queue', name])
  const dying = ['x-dead-letter-exchange=', 'x-dead-letter-routing-key=dead']
  await leveret.output([
    ...['declare', 'queue', 'work'],
    ...dying.flatMap((argument) => ['--argument', argument]),
  ])
  await leveret.output(['publish', 'work', '--lines'], { input: 'one\ntwo' })
  await leveret.output(['get', 'work', '--count', '2', '--then', 'reject'])
  await leveret.output(['publish', 'dead', 'from nowhere'])
  expect(await leveret.json(['move', 'dead'])).toEqual({ moved: 2, kept: 1 })
  expect(await bodies(['get', 'work', '--count', '3'])).toEqual(['one', 'two'])
  expect(await leveret.json(['move', 'dead', '--to-queue', 'q', '--count', '1'])).toEqual({
    moved: 1,
    kept: 0,
  })
  expect(await bodies(['get', 'q'])).toEqual(['from nowhere'])
})
