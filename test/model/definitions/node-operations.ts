import fc, { type Arbitrary } from 'fast-check'
import { AdministrationError } from '../../../src/administration/administration-error.ts'
import { AmqpError } from '../../../src/errors.ts'
import type { DefinitionsNode } from '../../support/definitions-node.ts'

const queue = fc.constantFrom('q1', 'q2')
const exchange = fc.constantFrom('e1', 'e2')
const source = fc.constantFrom('e1', 'e2', 'amq.direct')
const other = fc.constantFrom('v', 'w')

/** Something that a client or an administrator does on one node. */
export type NodeOperation = Readonly<
  | { what: 'declare queue'; name: string; durable: boolean; exclusive: boolean }
  | { what: 'declare queue of vhost'; name: string; vhost: string }
  | { what: 'delete queue'; name: string }
  | { what: 'pause queue'; name: string; isPaused: boolean }
  | { what: 'declare exchange'; name: string; autoDelete: boolean; durable: boolean }
  | { what: 'delete exchange'; name: string }
  | { what: 'bind' | 'unbind'; source: string; kind: 'queue' | 'exchange'; name: string }
  | { what: 'add vhost' | 'delete vhost' | 'add user' | 'delete user'; name: string }
  | { what: 'permit'; user: string; vhost: string }
  | { what: 'put policy'; vhost: string; maxLength: number }
  | { what: 'delete policy'; vhost: string }
>

const bound = fc.oneof(
  fc.record({ kind: fc.constant('queue' as const), name: queue }),
  fc.record({ kind: fc.constant('exchange' as const), name: exchange }),
)
const binding = (what: 'bind' | 'unbind'): Arbitrary<NodeOperation> =>
  fc.tuple(source, bound).map(([from, to]) => ({ what, source: from, ...to }))
const named = (
  what: 'add vhost' | 'delete vhost' | 'add user' | 'delete user',
): Arbitrary<NodeOperation> => other.map((name) => ({ what, name }))

export const operation: Arbitrary<NodeOperation> = fc.oneof(
  fc.record({
    what: fc.constant('declare queue' as const),
    name: queue,
    durable: fc.boolean(),
    exclusive: fc.boolean(),
  }),
  fc.record({ what: fc.constant('declare queue of vhost' as const), name: queue, vhost: other }),
  fc.record({ what: fc.constant('delete queue' as const), name: queue }),
  fc.record({ what: fc.constant('pause queue' as const), name: queue, isPaused: fc.boolean() }),
  fc.record({
    what: fc.constant('declare exchange' as const),
    name: exchange,
    autoDelete: fc.boolean(),
    durable: fc.boolean(),
  }),
  fc.record({ what: fc.constant('delete exchange' as const), name: exchange }),
  binding('bind'),
  binding('unbind'),
  ...(['add vhost', 'delete vhost', 'add user', 'delete user'] as const).map(named),
  fc.record({ what: fc.constant('permit' as const), user: other, vhost: other }),
  fc.record({ what: fc.constant('put policy' as const), vhost: other, maxLength: fc.nat(3) }),
  fc.record({ what: fc.constant('delete policy' as const), vhost: other }),
)

/** Does it, and says with which reply code it was refused, if it was; waits until it is stored. */
export async function perform(node: DefinitionsNode, done: NodeOperation): Promise<string> {
  try {
    await begin(node, done)
    return 'done'
  } catch (error) {
    if (error instanceof AmqpError || error instanceof AdministrationError) return error.message
    throw error
  }
}

async function begin(node: DefinitionsNode, done: NodeOperation): Promise<void> {
  const vhost = node.vhost()
  const { administration } = node
  switch (done.what) {
    case 'declare queue': {
      const exclusiveOwner = done.exclusive ? node.owner : null
      node.declareQueue(done.name, { durable: done.durable, exclusiveOwner })
      return vhost.queueStored(done.name)
    }
    case 'declare queue of vhost': {
      const other = administration.findVhost(done.vhost)
      if (other !== undefined) node.declareQueue(done.name, {}, done.vhost)
      return other?.queueStored(done.name)
    }
    case 'delete queue':
      node.deleteQueue(done.name)
      return vhost.queueStored(done.name)
    case 'pause queue': {
      const queue = vhost.queues.find(done.name)
      if (queue !== undefined) vhost.pauseQueue(queue, done.isPaused)
      return vhost.queueStored(done.name)
    }
    case 'declare exchange':
      node.declareExchange(done.name, done)
      return vhost.exchangeStored(done.name)
    case 'delete exchange':
      vhost.deleteExchange(done.name, false)
      return vhost.exchangeStored(done.name)
    case 'bind':
    case 'unbind': {
      node[done.what](done.source, done.name, done.kind)
      const { source: from, kind, name: destination } = done
      const names = { source: from, kind, destination, routingKey: 'k', arguments: new Map() }
      return vhost.bindingStored(names)
    }
    case 'add vhost':
      return administration.vhosts.put(done.name)
    case 'delete vhost':
      return administration.vhosts.delete(done.name)
    case 'add user':
      return administration.users.put(done.name, { tags: ['monitoring'] })
    case 'delete user':
      return administration.users.delete(done.name)
    case 'permit': {
      const { user, vhost: name } = done
      const patterns = { configure: '', write: '', read: '' }
      return administration.permissions.put({ user, vhost: name, ...patterns })
    }
    case 'put policy': {
      const definition = { 'max-length': done.maxLength }
      return administration.policies.put(done.vhost, 'p', { pattern: '', definition })
    }
    case 'delete policy':
      return administration.policies.delete(done.vhost, 'p')
    default:
      return done satisfies never
  }
}
