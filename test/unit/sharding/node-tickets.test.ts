import { expect, it } from 'vitest'
import { ACCEPTED } from '../../../src/exchange/destination.ts'
import { NodeTickets } from '../../../src/sharding/node-tickets.ts'
import { microtasks } from '../message-log/manual-journal.ts'

/** Whether it is known by now. */
async function isOver(settled: Promise<void> | undefined): Promise<boolean> {
  let isOver = settled === undefined
  void settled?.then(() => {
    isOver = true
  })
  await microtasks()
  return isOver
}

it('are waited for alone, whatever becomes of those of other places', async () => {
  const tickets = new NodeTickets(() => {})
  const [mine, other, third] = [tickets.open(), tickets.open(), tickets.open()]
  const settled = tickets.settled(new Set([mine, third]))
  expect(await isOver(settled)).toBe(false)
  tickets.settle(mine, ACCEPTED)
  expect(await isOver(settled)).toBe(false)
  tickets.settle(third, ACCEPTED)
  expect(await isOver(settled)).toBe(true)
  expect(await isOver(tickets.settled(new Set([mine])))).toBe(true)
  expect(await isOver(tickets.settled(new Set()))).toBe(true)
  expect(tickets.outcomeOf(other)).toBe(other)
})

it('are waited for all together where none is named', async () => {
  const tickets = new NodeTickets(() => {})
  const all = [tickets.open(), tickets.open()]
  const settled = tickets.settled()
  const listened: number[] = []
  tickets.listen({ stored: (ticket) => listened.push(ticket) })
  // What is opened later is not among them.
  tickets.open()
  for (const ticket of all) {
    expect([await isOver(settled), listened]).toEqual([false, []])
    tickets.settle(ticket, ACCEPTED)
  }
  expect([await isOver(settled), listened]).toEqual([true, [all[1]]])
})
