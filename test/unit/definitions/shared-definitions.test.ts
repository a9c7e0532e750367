import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { DefinitionsCluster, storedIn } from '../../support/definitions-cluster.ts'
import type { DefinitionsNode } from '../../support/definitions-node.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { LateMetadata } from '../../support/late-metadata.ts'

let disk: MemoryDisk
let cluster: DefinitionsCluster
let a: DefinitionsNode
let b: DefinitionsNode
/** What befalls the changes that node a makes. */
let faultOf: (key: string) => MetadataFault | undefined | Promise<undefined>

async function pass(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const open = (turnsToTell = 1) =>
  new LateMetadata(
    new MemoryMetadata(disk),
    () => 1,
    () => turnsToTell,
  )

beforeEach(async () => {
  disk = new MemoryDisk()
  cluster = new DefinitionsCluster()
  faultOf = () => undefined
  a = await cluster.start('a', new FaultyMetadata(open(), (key) => faultOf(key)))
  b = await cluster.start('b', open())
  onTestFinished(() => cluster.close())
})

async function expectAllEqual(): Promise<void> {
  await cluster.settle()
  expect(b.describe()).toEqual(a.describe())
  const restarted = await cluster.start('another', open())
  expect(restarted.describe()).toEqual(a.describe())
  expect(restarted.logger.lines).toEqual([])
}

describe('what one node defines', () => {
  it('is there on all others when it is stored', async () => {
    a.declareQueue('q')
    a.declareExchange('e', { autoDelete: true })
    await a.vhost().queueStored('q')
    expect(b.vhost().queues.find('q')).toMatchObject({ durable: true, exclusiveOwner: null })
    await a.vhost().exchangeStored('e')
    expect(b.vhost().exchanges.find('e')).toMatchObject({ type: 'direct', autoDelete: true })
    a.bind('e', 'q')
    const request = { source: 'e', kind: 'queue', destination: 'q', routingKey: 'k' } as const
    await a.vhost().bindingStored({ ...request, arguments: new Map() })
    const exchange = b.vhost().exchanges.get('e')
    expect(b.vhost().route(exchange, ['k'], undefined).queues).toHaveLength(1)
    await expectAllEqual()
  })

  it('has the same id and place everywhere', async () => {
    const queue = a.declareQueue('q')
    await a.vhost().queueStored('q')
    const { id, place } = a.made.get(queue) ?? {}
    expect(place).toEqual({ shard: 0 })
    const elsewhere = b.vhost().queues.find('q')
    expect(elsewhere && b.made.get(elsewhere)).toMatchObject({ id, place })
  })

  it('goes everywhere when it is deleted, with all that hangs on it', async () => {
    a.declareQueue('q')
    a.declareExchange('e', { autoDelete: true })
    a.declareExchange('outer', { autoDelete: true, type: 'fanout' })
    a.bind('e', 'q')
    a.bind('outer', 'e', 'exchange')
    await cluster.settle()
    b.deleteQueue('q')
    await b.vhost().queueStored('q')
    expect(a.vhost().queues.find('q')).toBeUndefined()
    await cluster.settle()
    expect(a.vhost().exchanges.find('outer')).toBeUndefined()
    expect([...a.vhost().bindings]).toEqual([])
    expect((await storedIn(b.metadata)).of('exchange')).toEqual([])
    await expectAllEqual()
  })

  it('is told where it happens, and nowhere else', async () => {
    a.declareQueue('q')
    await a.administration.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 1 } })
    await cluster.settle()
    a.deleteQueue('q')
    await cluster.settle()
    for (const name of ['queue.created', 'queue.deleted', 'policy.set']) {
      expect([name, a.happenings.countOf(name), b.happenings.countOf(name)]).toEqual([name, 1, 0])
    }
  })

  it('is bound again after it was deleted and declared again on another node', async () => {
    a.declareQueue('q')
    a.bind('amq.direct', 'q')
    await cluster.settle()
    b.deleteQueue('q')
    b.declareQueue('q')
    b.bind('amq.direct', 'q')
    await b.vhost().queueStored('q')
    await cluster.settle()
    expect([...a.vhost().bindings]).toHaveLength(1)
    await expectAllEqual()
  })

  it('is not disturbed by what is told late of what was there before', async () => {
    const slow = await cluster.start('slow', open(6))
    for (let round = 0; round < 20; round++) {
      slow.declareQueue('q')
      await pass(round)
      slow.deleteQueue('q')
      const queue = slow.declareQueue('q')
      await slow.vhost().queueStored('q')
      await pass(20)
      expect(slow.vhost().queues.find('q')).toBe(queue)
      slow.deleteQueue('q')
    }
    await expectAllEqual()
  })

  it('is bound also where the binding is told of first', async () => {
    const late = await cluster.start('late', open(40))
    const queue = a.declareQueue('q')
    a.bind('amq.direct', 'q')
    await pass(12)
    // Of that, only the change is told, after the binding.
    a.vhost().pauseQueue(queue, true)
    await a.vhost().queueStored('q')
    expect(late.vhost().queues.find('q')?.isPaused).toBe(true)
    await pass(10)
    expect([...late.vhost().bindings]).toHaveLength(1)
    await expectAllEqual()
  })

  it('is stored before what hangs on it', async () => {
    const keys: string[] = []
    faultOf = (key) => void keys.push(key.slice(0, key.indexOf(' ')))
    a.declareQueue('q')
    a.bind('amq.direct', 'q')
    a.declareExchange('e')
    await a.vhost().queueStored('q')
    a.deleteQueue('q')
    await a.vhost().queueStored('q')
    expect(keys).toEqual(['queue', 'exchange', 'binding', 'queue', 'binding'])
  })

  it('does not wait for what another node has under way', async () => {
    let goOn = (_: undefined): void => {}
    const waiting = new Promise<undefined>((resolve) => {
      goOn = resolve
    })
    faultOf = (key) => (key.endsWith('slow') ? waiting : undefined)
    a.declareQueue('slow')
    a.declareQueue('quick')
    await pass(10)
    expect(b.vhost().queues.find('quick')).toBeDefined()
    b.declareQueue('other')
    await b.vhost().queueStored('other')
    expect(a.vhost().queues.find('other')).toBeDefined()
    expect(b.vhost().queues.find('slow')).toBeUndefined()
    goOn(undefined)
    await a.vhost().queueStored('slow')
    await expectAllEqual()
  })

  it('may be paused anywhere', async () => {
    a.declareQueue('q')
    await a.vhost().queueStored('q')
    const there = b.vhost().queues.get('q', {})
    b.vhost().pauseQueue(there, true)
    await b.vhost().queueStored('q')
    expect(a.vhost().queues.find('q')?.isPaused).toBe(true)
    await expectAllEqual()
  })
})

describe('of two nodes that declare the same queue', () => {
  it('both have that of the first one in the end', async () => {
    const ours = a.declareQueue('q')
    const theirs = b.declareQueue('q')
    await Promise.all([a.vhost().queueStored('q'), b.vhost().queueStored('q')])
    const kept = [a.vhost().queues.find('q') === ours, b.vhost().queues.find('q') === theirs]
    expect(kept.filter((isKept) => isKept)).toHaveLength(1)
    await expectAllEqual()
  })

  it('who lost sees what the other has declared, with other properties', async () => {
    a.declareQueue('q', { autoDelete: true })
    b.declareQueue('q', { autoDelete: false })
    await Promise.all([a.vhost().queueStored('q'), b.vhost().queueStored('q')])
    expect(a.vhost().queues.find('q')?.autoDelete).toBe(b.vhost().queues.find('q')?.autoDelete)
    await expectAllEqual()
  })

  it('what is bound to either is bound to the one that there is, or to none', async () => {
    a.declareQueue('q')
    a.bind('amq.direct', 'q')
    b.declareQueue('q')
    b.bind('amq.fanout', 'q')
    await cluster.settle()
    expect([...a.vhost().bindings]).toHaveLength(1)
    await expectAllEqual()
  })

  it('one may delete it at the same time', async () => {
    a.declareQueue('q')
    await cluster.settle()
    a.deleteQueue('q')
    b.deleteQueue('q')
    a.declareQueue('q')
    await cluster.settle()
    expect(b.vhost().queues.find('q')).toBeDefined()
    await expectAllEqual()
  })
})

describe('a binding of one node and a deletion on another at the same time', () => {
  it('leave nothing behind', async () => {
    a.declareQueue('q')
    a.declareExchange('e')
    await cluster.settle()
    a.bind('e', 'q')
    b.deleteQueue('q')
    await cluster.settle()
    expect((await storedIn(a.metadata)).of('binding')).toEqual([])
    await expectAllEqual()
  })

  it('an auto-delete exchange goes when both have lost a binding of it', async () => {
    a.declareQueue('q1')
    a.declareQueue('q2')
    a.declareExchange('e', { autoDelete: true })
    a.bind('e', 'q1')
    a.bind('e', 'q2')
    await cluster.settle()
    a.unbind('e', 'q1')
    b.unbind('e', 'q2')
    await cluster.settle()
    expect(a.vhost().exchanges.find('e')).toBeUndefined()
    expect((await storedIn(a.metadata)).of('exchange')).toEqual([])
    await expectAllEqual()
  })
})

describe('users, permissions, policies and vhosts', () => {
  it('are the same on all nodes', async () => {
    const { administration: here } = a
    const { administration: there } = b
    await here.vhosts.put('v', { description: 'new' })
    await here.users.put('u', { password: 'p', tags: ['monitoring'] })
    await here.permissions.put({ user: 'u', vhost: 'v', configure: '', write: 'w', read: '' })
    await here.policies.put('v', 'p', { pattern: 'q', definition: { 'max-length': 7 } })
    await here.vhostLimits.put('v', { 'max-queues': 1 })
    const user = there.authenticator.authenticate('u', 'p', true)
    expect(user?.name).toBe('u')
    expect(there.permissions.find('u', 'v')).toMatchObject({ write: 'w' })
    const queue = b.declareQueue('q', {}, 'v')
    expect(there.findVhost('v')?.policyOf(queue)?.definition.get('max-length')).toBe(7)
    expect(() => b.declareQueue('q2', {}, 'v')).toThrow('limit')
    await expectAllEqual()
  })

  it('take effect on what is there', async () => {
    const queue = a.declareQueue('q')
    await a.vhost().queueStored('q')
    await b.administration.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 3 } })
    expect(a.vhost().policyOf(queue)?.definition.get('max-length')).toBe(3)
    await b.administration.policies.delete('/', 'p')
    expect(a.vhost().policyOf(queue)?.definition.size).toBe(0)
    const version = a.vhost().topologyVersion
    await b.administration.policies.put('/', 'p', { pattern: '', definition: { 'max-length': 3 } })
    expect(a.vhost().topologyVersion).toBeGreaterThan(version)
  })

  it('have the last value where two nodes change them', async () => {
    const policies = [a, b].map(({ administration }, index) =>
      administration.policies.put('/', 'p', { pattern: '', definition: { 'max-length': index } }),
    )
    await Promise.all(policies)
    await expectAllEqual()
  })

  it('end sessions everywhere when they are deleted', async () => {
    await a.administration.users.put('u', {})
    await a.administration.vhosts.put('v')
    const before = b.closedSessions
    await a.administration.users.delete('u')
    await a.administration.vhosts.delete('v')
    expect(b.closedSessions).toBe(before + 2)
    expect(b.administration.findVhost('v')).toBeUndefined()
  })

  it('take with them what another node defines for them at the same time', async () => {
    await a.administration.users.put('u', {})
    await a.administration.vhosts.put('v')
    const permission = { user: 'u', vhost: '/', configure: '', write: '', read: '' }
    const changes = [
      a.administration.permissions.put(permission),
      a.administration.policies.put('v', 'p', { pattern: '', definition: { 'max-length': 3 } }),
      b.administration.users.delete('u'),
      b.administration.vhosts.delete('v'),
    ]
    a.declareQueue('q', {}, 'v')
    await Promise.all(changes)
    await cluster.settle()
    const stored = await storedIn(a.metadata)
    expect(stored.of('permission')).toHaveLength(1)
    expect(stored.of('policy')).toEqual([])
    expect(stored.of('queue')).toEqual([])
    await expectAllEqual()
  })
})

describe('what cannot be stored', () => {
  it('is taken back, and refused', async () => {
    a.declareQueue('kept')
    await cluster.settle()
    faultOf = () => 'refuse'
    a.declareQueue('q')
    a.bind('amq.direct', 'q')
    a.bind('amq.direct', 'kept')
    await expect(a.vhost().queueStored('q')).rejects.toThrow('cannot be stored')
    expect(a.vhost().queues.find('q')).toBeUndefined()
    expect([...a.vhost().bindings]).toEqual([])
    faultOf = () => undefined
    await expectAllEqual()
  })

  it('is deleted where it may be stored all the same', async () => {
    faultOf = () => 'doubt'
    a.declareQueue('q')
    a.bind('amq.direct', 'q')
    await expect(a.vhost().queueStored('q')).rejects.toThrow('cannot be stored')
    faultOf = () => undefined
    await cluster.settle()
    expect((await storedIn(a.metadata)).of('queue')).toEqual([])
    await expectAllEqual()
  })

  it('is deleted later, when it is a deletion', async () => {
    a.declareQueue('q')
    await cluster.settle()
    faultOf = () => 'refuse'
    a.deleteQueue('q')
    await expect(a.vhost().queueStored('q')).rejects.toThrow('cannot be stored')
    expect(b.vhost().queues.find('q')).toBeDefined()
    faultOf = () => undefined
    await cluster.settle()
    expect(b.vhost().queues.find('q')).toBeUndefined()
    await expectAllEqual()
  })

  it('is refused at once when what came before it has waited long', async () => {
    let refuse = (): void => {}
    const gate = new Promise<void>((resolve) => {
      refuse = resolve
    })
    const metadata = new LateMetadata(new MemoryMetadata(disk), () => 0)
    const slow = await cluster.start('slow', metadata)
    const tried: string[] = []
    metadata.replace = async (key) => {
      tried.push(key)
      await gate
      throw new StoreError('nobody there')
    }
    slow.declareQueue('first')
    const first = slow.vhost().queueStored('first')
    await pass(3)
    slow.declareQueue('second')
    const second = slow.vhost().queueStored('second')
    const refused = Promise.all([
      expect(first).rejects.toThrow('cannot be stored'),
      expect(second).rejects.toThrow('cannot be stored'),
    ])
    cluster.clock.advance(5000)
    refuse()
    await refused
    expect(slow.vhost().queues.size).toBe(0)
    expect(tried).toEqual(['queue 1:/5:first'])
    cluster.remove(slow)
    await expectAllEqual()
  })

  it('is deleted later by itself', async () => {
    a.declareQueue('q')
    await cluster.settle()
    faultOf = () => 'refuse'
    a.deleteQueue('q')
    await expect(a.vhost().queueStored('q')).rejects.toThrow('cannot be stored')
    await pass(20)
    faultOf = () => undefined
    cluster.clock.advance(1000)
    await pass(40)
    expect((await storedIn(a.metadata)).of('queue')).toEqual([])
  })

  it('leaves alone what another node has defined since', async () => {
    a.declareQueue('q')
    await cluster.settle()
    faultOf = () => 'refuse'
    a.deleteQueue('q')
    await expect(a.vhost().queueStored('q')).rejects.toThrow('cannot be stored')
    b.deleteQueue('q')
    b.declareQueue('q')
    await b.vhost().queueStored('q')
    faultOf = () => undefined
    await cluster.settle()
    expect(a.vhost().queues.find('q')).toBeDefined()
    await expectAllEqual()
  })
})

describe('the first nodes', () => {
  it('may start at the same time', async () => {
    const empty = new MemoryDisk()
    const others = new DefinitionsCluster()
    onTestFinished(() => others.close())
    const openEmpty = () => new LateMetadata(new MemoryMetadata(empty), () => 1)
    const nodes = await Promise.all(['x', 'y', 'z'].map((name) => others.start(name, openEmpty())))
    await others.settle()
    for (const node of nodes) expect(node.describe()).toEqual(nodes[0]?.describe())
  })

  it('give queues ids that none of them has twice', async () => {
    const ids = [a, b].flatMap((node) =>
      Array.from({ length: 15_000 }, () => node.definitions.newQueueIds(1)),
    )
    await cluster.settle()
    const more = [a, b].flatMap((node) =>
      Array.from({ length: 1500 }, () => node.definitions.newQueueIds(10)),
    )
    const all = [...ids, ...more.flatMap((id) => Array.from({ length: 10 }, (_, n) => id + n))]
    expect(new Set(all).size).toBe(all.length)
  })
})
