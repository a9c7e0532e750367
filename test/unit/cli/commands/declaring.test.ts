import { expect, it } from 'vitest'
import { ClientProgram } from '../../../support/client-program.ts'

const leveret = await ClientProgram.start()

/** What is listed of one kind, with only these columns. */
const list = (what: string, columns: string): Promise<unknown[]> =>
  leveret.json(['list', what, '--columns', columns, '--vhost', '/'])

it('declares, lists and deletes queues', async () => {
  const declare = ['declare', 'queue', 'orders', '--type', 'quorum', '--argument', 'x-max-length=5']
  expect(await leveret.json(declare)).toEqual({ created: true })
  expect(await leveret.json(declare)).toEqual({ created: false })
  await leveret.output(['declare', 'queue', 'a/b %?', '--transient', '--auto-delete'])
  expect(await list('queues', 'name,type,durable,auto_delete,arguments')).toEqual([
    { name: 'a/b %?', type: 'classic', durable: false, auto_delete: true, arguments: {} },
    {
      name: 'orders',
      type: 'quorum',
      durable: true,
      auto_delete: false,
      arguments: { 'x-queue-type': 'quorum', 'x-max-length': 5 },
    },
  ])
  expect(await leveret.json(['delete', 'queue', 'orders'])).toEqual({
    deleted: true,
  })
  expect(
    (await leveret.run(['delete', 'queue', 'a/b %?', '--if-empty', '--if-unused'])).stderr,
  ).toBe('Deleted queue "a/b %?"\n')
  expect(await leveret.json(['list', 'queues'])).toEqual([])
})

it('declares, lists and deletes exchanges and bindings', async () => {
  const declare = ['declare', 'exchange', 'events', '--type', 'topic', '--internal']
  expect(await leveret.json(declare)).toEqual({ created: true })
  await leveret.output(['declare', 'exchange', 'all', '--type', 'fanout'])
  await leveret.output(['declare', 'queue', 'bound'])
  const bind = ['binding', 'events', 'bound', '--routing-key', 'a.#', '--argument', 'n=1']
  expect(await leveret.json(['declare', ...bind])).toEqual({ bound: true })
  await leveret.output(['declare', 'binding', 'all', 'events', '--to', 'exchange'])
  const bindings = await list('bindings', 'source,destination,destination_type,arguments')
  expect(bindings).toContainEqual({
    source: 'events',
    destination: 'bound',
    destination_type: 'queue',
    arguments: { n: 1 },
  })
  expect(bindings).toContainEqual({
    source: 'all',
    destination: 'events',
    destination_type: 'exchange',
    arguments: {},
  })
  const other = await leveret.run(['delete', 'binding', 'events', 'bound', '--routing-key', 'a.#'])
  expect(other.exitCode).toBe(4)
  expect(other.stderr).toContain('no binding from "events" to queue "bound" has the key "a.#"')
  expect(await leveret.json(['delete', ...bind])).toEqual({ deleted: true })
  await leveret.output(['delete', 'binding', 'all', 'events', '--to', 'exchange'])
  expect(await list('bindings', 'source')).not.toContainEqual({ source: 'all' })
  expect(await list('bindings', 'source')).not.toContainEqual({ source: 'events' })
  expect(await leveret.json(['delete', 'exchange', 'events', '--if-unused'])).toEqual({
    deleted: true,
  })
  const names = (await list('exchanges', 'name')) as { name: string }[]
  expect(names.map(({ name }) => name)).not.toContain('events')
})

it('says in the words of the broker why something is refused', async () => {
  await leveret.output(['declare', 'queue', 'kept'])
  expect(await leveret.run(['declare', 'queue', 'kept', '--transient'])).toEqual({
    exitCode: 1,
    stdout: '',
    stderr:
      "leveret: inequivalent arg 'durable' for queue 'kept' in vhost '/': received 'false' but current is 'true'\n",
  })
  expect(await leveret.run(['delete', 'queue', 'nothing'])).toEqual({
    exitCode: 4,
    stdout: '',
    stderr: 'leveret: Not Found: DELETE /api/queues/%2F/nothing\n',
  })
})

it('declares in the virtual host that is named', async () => {
  await leveret.output(['vhost', 'add', 'other'])
  await leveret.output(['declare', 'queue', 'there'], { environment: { LEVERET_VHOST: 'other' } })
  expect(await leveret.json(['list', 'queues', '--vhost', 'other', '--columns', 'name'])).toEqual([
    { name: 'there' },
  ])
})
