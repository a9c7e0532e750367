import type { AlarmResource } from '../../server/alarms.ts'
import { allNodes } from '../all-nodes.ts'
import { type Answer, found } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest } from '../http-error.ts'
import { type Route, routes } from '../route.ts'
import { assertThisNode } from '../this-node.ts'
import { certificateExpiration } from './certificate-expiration.ts'

const OK = { status: 'ok' }

/** On one node alone, nothing depends on others. */
const ALONE = { status: 'ok', reason: 'single node cluster' }

/** Names under which clients ask for what RabbitMQ calls `amqp`. */
const AMQP_NAMES = ['amqp', 'amqp091', 'amqp0.9.1', 'amqp0-9-1']

const isOk = (): Answer => found(OK)
const isAlone = (): Answer => found(ALONE)

/** What operators and load balancers ask for. https://www.rabbitmq.com/docs/monitoring#health-checks */
export const HEALTH: readonly Route[] = routes('management', {
  'GET /aliveness-test/:vhost': isOk,
  'GET /health/checks/alarms': alarms,
  'GET /health/checks/local-alarms': ({ broker }) =>
    alarmsOf([{ name: broker.nodeName, alarms: broker.alarms }]),
  'GET /health/checks/port-listener/:port': portListener,
  'GET /health/checks/protocol-listener/:protocol': protocolListener,
  'GET /health/checks/certificate-expiration/:within/:unit': certificateExpiration,
  'GET /health/checks/virtual-hosts': isOk,
  'GET /health/checks/is-in-service': isInService,
  'GET /health/checks/ready-to-serve-clients': isInService,
  'GET /health/checks/below-node-connection-limit': isOk,
  'GET /health/checks/node-is-quorum-critical': isCritical,
  'GET /health/checks/node-is-mirror-sync-critical': isAlone,
  'GET /health/checks/reached-target-cluster-size': isAlone,
  'GET /health/checks/metadata-store/initialized': isOk,
  'GET /health/checks/metadata-store/initialized/with-data': isOk,
  'GET /health/checks/quorum-queues-without-elected-leaders/vhost/:vhost/pattern/:pattern': isOk,
  'GET /health/checks/quorum-queues-without-elected-leaders/all-vhosts/pattern/:pattern': isOk,
  'GET /healthchecks/node': isOk,
  'GET /healthchecks/node/:node': (call) => {
    assertThisNode(call)
    return found(OK)
  },
})

const failed = (reason: string, details: object): Answer => ({
  status: 503,
  body: { status: 'failed', reason, ...details },
})

async function alarms(call: Call): Promise<Answer> {
  const running = (await allNodes(call)).filter(({ isRunning }) => isRunning)
  return alarmsOf(running.map(({ name, facts }) => ({ name, alarms: facts?.alarms ?? [] })))
}

interface Alarmed {
  readonly name: string
  readonly alarms: readonly AlarmResource[]
}

function alarmsOf(nodes: readonly Alarmed[]): Answer {
  const raised = nodes.flatMap(({ name: node, alarms: resources }) =>
    resources.map((resource) => ({ node, resource })),
  )
  if (raised.length === 0) return found(OK)
  return failed('There are alarms in effect in the cluster', { alarms: raised })
}

/** Of a node that is to be emptied nobody new should ask anything. */
async function isInService(call: Call): Promise<Answer> {
  const { cluster, nodeName } = call.broker
  if (cluster === null) return found(OK)
  if (!cluster.isMember) return failed('this node cannot reach the others of its cluster', {})
  const own = (await allNodes(call)).find(({ name }) => name === nodeName)
  return own?.isDraining ? failed('this node is being drained', {}) : found(OK)
}

/**
 * Copies of messages are with the NATS servers, so any node may go as long as there is another one that can
 * take over what it owns.
 */
async function isCritical(call: Call): Promise<Answer> {
  const nodes = await allNodes(call)
  if (nodes.length <= 1) return found(ALONE)
  const others = nodes.filter((node) => node.isRunning && node.name !== call.broker.nodeName)
  if (others.length > 0) return found(OK)
  const reason =
    'There are quorum queues that would lose their quorum if the target node is shut down'
  const queues = call
    .visibleVhosts()
    .flatMap(({ name: virtual_host, queues: all }) =>
      [...all.values()].map(({ name, type }) => ({ name, type, virtual_host })),
    )
  return failed(reason, { queues: queues.filter(({ type }) => type === 'quorum') })
}

function portListener(call: Call): Answer {
  const text = call.param('port')
  if (!/^\d+$/.test(text)) throw badRequest('Invalid port')
  const port = Number(text)
  const ports = call.broker.endpoints.map((endpoint) => endpoint.port)
  if (ports.includes(port)) return found({ ...OK, port })
  return failed('No active listener', { missing: port, ports })
}

function protocolListener(call: Call): Answer {
  const given = call.param('protocol')
  const protocol = AMQP_NAMES.includes(given.toLowerCase()) ? 'amqp' : given
  const protocols = [...new Set(call.broker.endpoints.map((endpoint) => endpoint.protocol))]
  if (protocols.some((one) => one === protocol)) return found({ ...OK, protocol })
  return failed('No active listener', { missing: given, protocols })
}
