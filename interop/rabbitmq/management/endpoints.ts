// Everything that the API shows and that both sides have.

import { VHOST as V } from './set-up.ts'

const HEALTH = [
  '/aliveness-test/V',
  '/health/checks/alarms',
  '/health/checks/local-alarms',
  '/health/checks/virtual-hosts',
  '/health/checks/node-is-quorum-critical',
  '/health/checks/node-is-mirror-sync-critical',
  '/health/checks/port-listener/1',
  '/health/checks/protocol-listener/amqp091',
  '/health/checks/protocol-listener/nothing',
  '/health/checks/certificate-expiration/1/days',
  '/healthchecks/node',
  '/healthchecks/node/NODE',
]

const BROKER = [
  '/overview',
  '/overview?msg_rates_age=60&msg_rates_incr=5',
  '/whoami',
  '/cluster-name',
  '/nodes',
  '/nodes/NODE',
  '/nodes/NODE/memory',
  '/extensions',
  '/feature-flags',
  '/auth',
  '/auth/attempts/NODE',
]

const TOPOLOGY = [
  '/vhosts',
  '/vhosts/V',
  '/exchanges',
  '/exchanges/V',
  '/exchanges/V/mx',
  '/exchanges/V/mx/bindings/source',
  '/exchanges/V/mx/bindings/destination',
  '/queues',
  '/queues/V',
  '/queues/V/mq',
  '/queues/V/mq?msg_rates_age=60&msg_rates_incr=5&lengths_age=60&lengths_incr=5',
  '/queues/V/qq',
  '/queues/V/sq',
  '/queues/V/own',
  '/queues/V/mq/bindings',
  '/queues/V?page=1',
  '/queues/V?page=1&page_size=1&name=q',
  '/queues/V?page=1&name=^m&use_regex=true&columns=name,messages',
  '/queues/V?columns=name,vhost&sort=name&sort_reverse=true',
  '/bindings',
  '/bindings/V',
  '/bindings/V/e/mx/q/mq',
  '/bindings/V/e/mx/e/amq.fanout',
]

const CLIENTS = [
  '/connections',
  '/connections/CONNECTION',
  '/connections/CONNECTION/channels',
  '/vhosts/V/connections',
  '/vhosts/V/channels',
  '/channels',
  '/channels/CONNECTION%20(1)',
  '/consumers',
  '/consumers/V',
]

const ADMINISTRATION = [
  '/users',
  '/users/compared-user',
  '/users/without-permissions',
  '/users/compared-user/permissions',
  '/users/compared-user/topic-permissions',
  '/vhosts/V/permissions',
  '/vhosts/V/topic-permissions',
  '/permissions',
  '/permissions/V/compared-user',
  '/topic-permissions',
  '/topic-permissions/V/compared-user',
  '/policies',
  '/policies/V',
  '/policies/V/mp',
  '/operator-policies',
  '/operator-policies/V/op',
  '/parameters',
  '/parameters/operator_policy/V',
  '/global-parameters',
  '/global-parameters/compared',
  '/vhost-limits',
  '/vhost-limits/V',
  '/user-limits',
  '/user-limits/compared-user',
  '/definitions',
  '/definitions/V',
]

/** `NODE` and `CONNECTION` stand for names that each side has its own of. */
export const ENDPOINTS: readonly string[] = [
  ...HEALTH,
  ...BROKER,
  ...TOPOLOGY,
  ...CLIENTS,
  ...ADMINISTRATION,
].map((path) => path.replaceAll('/V', `/${V}`))
