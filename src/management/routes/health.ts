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
  'GET /health/checks/local-alarms': alarms,
  'GET /health/checks/port-listener/:port': portListener,
  'GET /health/checks/protocol-listener/:protocol': protocolListener,
  'GET /health/checks/certificate-expiration/:within/:unit': certificateExpiration,
  'GET /health/checks/virtual-hosts': isOk,
  'GET /health/checks/is-in-service': isOk,
  'GET /health/checks/ready-to-serve-clients': isOk,
  'GET /health/checks/below-node-connection-limit': isOk,
  'GET /health/checks/node-is-quorum-critical': isAlone,
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

function alarms({ broker }: Call): Answer {
  if (broker.alarms.length === 0) return found(OK)
  const shown = broker.alarms.map((resource) => ({ node: broker.nodeName, resource }))
  return failed('There are alarms in effect in the cluster', { alarms: shown })
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
