import { describe, expect, it } from 'vitest'
import type { Definition } from '../../../src/definitions/definition.ts'
import { noDefinitions } from '../../../src/definitions/definition-store.ts'
import { StoredDefinitions } from '../../../src/definitions/stored-definitions.ts'
import { ClassicQueue } from '../../../src/queue/classic-queue.ts'
import { restoreVhosts } from '../../../src/vhost/restore-vhosts.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

const NO_ARGUMENTS = new Map()
const vhost = (name: string): Definition => ({ kind: 'vhost', name, description: '', tags: [] })
const exchange = (name: string, inVhost = '/'): Definition => ({
  kind: 'exchange',
  vhost: inVhost,
  name,
  type: 'topic',
  autoDelete: true,
  internal: true,
  arguments: new Map([['alternate-exchange', { type: 'S', value: 'other' }]]),
})
const queue = (name: string, id: number, inVhost = '/'): Definition => ({
  kind: 'queue',
  vhost: inVhost,
  name,
  autoDelete: true,
  arguments: NO_ARGUMENTS,
  id,
})
const binding = (source: string, destination: string): Definition => ({
  kind: 'binding',
  vhost: '/',
  source,
  destinationKind: 'queue',
  destination,
  routingKey: 'a.*',
  arguments: NO_ARGUMENTS,
})

function restore(...definitions: Definition[]) {
  const logger = new RecordingLogger()
  const deleted: unknown[] = []
  const ids: unknown[] = []
  const vhosts = restoreVhosts(new StoredDefinitions(definitions), {
    definitions: { ...noDefinitions, delete: (definition) => deleted.push(definition) },
    logger,
    createVhost: (name) =>
      new Vhost(name, {
        createQueue: ({ name: queueName, vhostName, properties, events, id }) => {
          ids.push([vhostName, queueName, id])
          return new ClassicQueue({ name: queueName, vhostName, properties, events })
        },
      }),
  })
  return { vhosts, deleted, ids, logger }
}

describe('vhosts', () => {
  it('are restored with what is in them, in whatever order it is stored', () => {
    const { vhosts, ids, deleted, logger } = restore(
      binding('e', 'amq.gen-1'),
      binding('amq.topic', 'amq.gen-1'),
      queue('amq.gen-1', 7),
      queue('amq.gen-1', 8, 'second'),
      exchange('e'),
      vhost('/'),
      vhost('second'),
    )
    expect([...vhosts.keys()]).toEqual(['/', 'second'])
    expect(ids).toEqual([
      ['/', 'amq.gen-1', 7],
      ['second', 'amq.gen-1', 8],
    ])
    const first = vhosts.get('/') as Vhost
    const source = first.exchanges.get('e')
    expect(source).toMatchObject({
      type: 'topic',
      durable: true,
      autoDelete: true,
      internal: true,
      alternateExchange: 'other',
    })
    const found = first.queues.get('amq.gen-1', {})
    expect(found).toMatchObject({ durable: true, autoDelete: true, exclusiveOwner: null })
    expect(first.route(source, ['a.b'], undefined).queues).toEqual([found])
    expect(first.route(first.exchanges.get('amq.topic'), ['a.b'], undefined).queues).toEqual([
      found,
    ])
    expect([deleted, logger.lines]).toEqual([[], []])
  })

  it('lose what has lost what it belongs to, and say so', () => {
    const orphans = [binding('gone', 'q'), binding('amq.topic', 'gone')]
    const strangers = [exchange('e', 'gone'), queue('q', 2, 'gone')]
    const { vhosts, deleted, ids, logger } = restore(
      ...orphans,
      ...strangers,
      vhost('/'),
      queue('q', 1),
    )
    expect([...vhosts.keys()]).toEqual(['/'])
    expect(ids).toEqual([['/', 'q', 1]])
    expect(deleted).toEqual([...strangers, ...orphans])
    const [[level, message, fields] = []] = logger.lines.slice(-1)
    expect([level, message]).toEqual(['warn', expect.stringContaining('Dropped a definition')])
    expect(fields).toMatchObject({ definition: { kind: 'binding', destination: 'gone' } })
    expect(logger.lines.length).toBe(4)
  })
})
