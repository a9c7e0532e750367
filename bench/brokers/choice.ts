// The brokers by their names.

import type { BrokerName } from '../scenario.ts'
import { BareLoop } from './bare-loop.ts'
import type { Broker } from './broker.ts'
import { Leveret } from './leveret.ts'
import { findRabbitMq } from './rabbitmq.ts'

export const BROKER_NAMES: readonly BrokerName[] = [
  'leveret',
  'leveret-os',
  'leveret-memory',
  'rabbitmq',
  'floor',
  'floor-os',
]

/** Undefined when this machine does not have it. */
export function findBroker(name: BrokerName): Broker | undefined {
  switch (name) {
    case 'leveret':
      return new Leveret(name, 'disk')
    case 'leveret-os':
      return new Leveret(name, 'os')
    case 'leveret-memory':
      return new Leveret(name, 'memory')
    case 'rabbitmq':
      return findRabbitMq()
    case 'floor':
      return new BareLoop(name, 'flushed')
    case 'floor-os':
      return new BareLoop(name, 'written')
  }
}
