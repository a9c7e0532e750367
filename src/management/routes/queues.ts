import type { Queue } from '../../queue/queue.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { type Answer, found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { declareQueue } from '../declaring.ts'
import { badRequest, noSuchObject } from '../http-error.ts'
import { argumentsFrom } from '../json/arguments-json.ts'
import { bindingJson, defaultBinding, shownBinding } from '../json/binding-json.ts'
import { consumerJson } from '../json/channel-json.ts'
import { queuePairsJson } from '../json/pairs-json.ts'
import { type QueueDetail, queueJson } from '../json/queue-json.ts'
import { bytesOf } from '../json/queue-totals.ts'
import { consumersOfQueue } from '../open-things.ts'
import { queueNode } from '../queue-node.ts'
import { type Route, routes } from '../route.ts'
import { unackedBytes } from '../unacked.ts'

/** What of a queue each node knows for those of its own clients. */
const OF_CLIENTS = [
  'message_bytes',
  'message_bytes_ram',
  'message_bytes_unacknowledged',
  'exclusive_consumer_tag',
  'single_active_consumer_tag',
  'single_active_consumer_ctag',
  'owner_pid_details',
  'consumer_details',
  'incoming',
  'deliveries',
]

export const QUEUES: readonly Route[] = [
  ...routes(
    'management',
    {
      'GET /queues/:vhost/:name': (call) => {
        const queue = queueOf(call)
        const consumers = consumersOfQueue(call, queue)
        // What others hold of it, they know.
        const exclusive = consumers.find(({ consumer }) => consumer.exclusive)
        const [ready, unacknowledged] = [
          call.isForwarded ? 0 : bytesOf(queue),
          unackedBytes(call, queue),
        ]
        return found({
          ...queueJson(call.vhost, queue, queueNode(call.broker, call.vhost, queue)),
          ...call.statisticsOf(queue),
          message_bytes: ready + unacknowledged,
          message_bytes_ram: ready + unacknowledged,
          message_bytes_unacknowledged: unacknowledged,
          exclusive_consumer_tag: exclusive?.consumer.consumerTag ?? null,
          consumer_details: consumers.map((one) => consumerJson(one, call.broker.nodeName)),
          ...queuePairsJson(call, call.vhost, queue),
          slave_nodes: [],
          synchronised_slave_nodes: [],
        })
      },
    },
    { place: { together: OF_CLIENTS } },
  ),
  ...routes('management', {
    'GET /queues': (call) => list(call.visibleVhosts().flatMap((vhost) => shownAll(call, vhost))),
    'GET /queues/detailed': (call) =>
      list(call.visibleVhosts().flatMap((vhost) => shownAll(call, vhost))),
    'GET /queues/:vhost': (call) => list(shownAll(call, call.vhost)),
    'PUT /queues/:vhost/:name': declare,
    'DELETE /queues/:vhost/:name': async (call) => {
      const { vhost, owner, access, query } = call
      const declared = queueOf(call)
      const { name } = declared
      const guard = {
        ifUnused: query.get('if-unused') === 'true',
        ifEmpty: query.get('if-empty') === 'true',
      }
      if (guard.ifUnused || guard.ifEmpty) await declared.counted()
      const queue = vhost.findDeletable(name, owner, guard, access)
      if (queue !== undefined) vhost.deleteQueue(queue)
      await vhost.queueStored(name)
      return NO_CONTENT
    },
    'GET /queues/:vhost/:name/bindings': (call) => {
      const queue = queueOf(call)
      const bindings = call.vhost.bindingsTo(queue).map(shownBinding)
      const all = [defaultBinding(queue.name), ...bindings]
      return list(all.map((binding) => bindingJson(call.vhost.name, binding)))
    },
    'DELETE /queues/:vhost/:name/contents': async (call) => {
      await readableQueue(call, noSuchObject).purge()
      return NO_CONTENT
    },
    // Of mirrors, of which one node has none, there is nothing to be done.
    'POST /queues/:vhost/:name/actions': (call) => {
      queueOf(call)
      const action = call.body.get('action')
      if (action === 'sync' || action === 'cancel_sync') return NO_CONTENT
      throw badRequest(`unknown action: ${JSON.stringify(action)}`)
    },
  }),
]

/** With these, nothing is shown that changes with each message. */
function detailOf({ query }: Call): QueueDetail {
  if (query.get('disable_stats') !== 'true') return 'all'
  return query.get('enable_queue_totals') === 'true' ? 'totals' : 'names'
}

function shownAll(call: Call, vhost: Vhost): object[] {
  const detail = detailOf(call)
  return Array.from(vhost.queues.values(), (queue) => {
    const shown = queueJson(vhost, queue, queueNode(call.broker, vhost, queue), detail)
    return detail === 'all' ? Object.assign(shown, call.statisticsOf(queue)) : shown
  })
}

async function declare(call: Call): Promise<Answer> {
  const { vhost, access, body, owner } = call
  const name = call.param('name')
  const isNew = vhost.queues.find(name) === undefined
  const properties = {
    durable: body.flag('durable'),
    autoDelete: body.flag('auto_delete'),
    exclusiveOwner: null,
    arguments: argumentsFrom(body.object('arguments')),
  }
  await declareQueue(vhost, name, properties, owner, access)
  return put(isNew)
}

/** The one that the path names. Throws 404. */
export function queueOf(call: Call): Queue {
  const queue = call.vhost.queues.find(call.param('name'))
  if (queue === undefined) throw noSuchObject()
  return queue
}

/** The same, for who may read from it. Throws 400, 401 and what is given for one that is not there. */
export function readableQueue(call: Call, missing: () => Error): Queue {
  const name = call.param('name')
  const queue = call.vhost.queues.find(name)
  if (queue === undefined) throw missing()
  call.access.check('read', 'queue', name)
  call.vhost.queues.assertAccess(queue, call.owner)
  return queue
}
