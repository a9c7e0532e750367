import { apiPath } from '../client/api-path.ts'
import { type Column, columns } from '../output/columns.ts'

/** One kind of things that can be listed. */
export interface Noun {
  readonly path: string
  /** Where those of one virtual host are; undefined for what is in none. */
  readonly pathIn?: (vhost: string) => string
  readonly columns: readonly Column[]
}

/** Everything that can be listed, by its name. */
export const NOUNS: ReadonlyMap<string, Noun> = new Map<string, Noun>(
  Object.entries({
    queues: {
      path: '/queues',
      pathIn: (vhost) => apiPath`/queues/${vhost}`,
      columns: columns(
        ...['vhost', 'name', 'type', 'state', 'messages_ready:ready'],
        ...['messages_unacknowledged:unacked', 'consumers'],
        ...[
          'message_stats.publish_details.rate:in/s',
          'message_stats.deliver_get_details.rate:out/s',
        ],
      ),
    },
    exchanges: {
      path: '/exchanges',
      pathIn: (vhost) => apiPath`/exchanges/${vhost}`,
      columns: columns('vhost', 'name', 'type', 'durable', 'auto_delete', 'internal', 'arguments'),
    },
    bindings: {
      path: '/bindings',
      pathIn: (vhost) => apiPath`/bindings/${vhost}`,
      columns: columns(
        ...['vhost', 'source', 'destination_type:to', 'destination', 'routing_key', 'arguments'],
      ),
    },
    connections: {
      path: '/connections',
      pathIn: (vhost) => apiPath`/vhosts/${vhost}/connections`,
      columns: columns('name', 'user', 'vhost', 'state', 'channels', 'protocol', 'ssl:tls'),
    },
    channels: {
      path: '/channels',
      pathIn: (vhost) => apiPath`/vhosts/${vhost}/channels`,
      columns: columns(
        ...['name', 'user', 'vhost', 'consumer_count:consumers', 'prefetch_count:prefetch'],
        ...['messages_unacknowledged:unacked', 'messages_unconfirmed:unconfirmed'],
      ),
    },
    consumers: {
      path: '/consumers',
      pathIn: (vhost) => apiPath`/consumers/${vhost}`,
      columns: columns(
        ...[
          'queue.vhost:vhost',
          'queue.name:queue',
          'consumer_tag',
          'channel_details.name:channel',
        ],
        ...['ack_required:acks', 'prefetch_count:prefetch', 'active'],
      ),
    },
    users: { path: '/users', columns: columns('name', 'tags') },
    vhosts: {
      path: '/vhosts',
      columns: columns(
        'name',
        'description',
        'messages_ready:ready',
        'messages_unacknowledged:unacked',
      ),
    },
    permissions: {
      path: '/permissions',
      pathIn: (vhost) => apiPath`/vhosts/${vhost}/permissions`,
      columns: columns('vhost', 'user', 'configure', 'write', 'read'),
    },
    'topic-permissions': {
      path: '/topic-permissions',
      pathIn: (vhost) => apiPath`/vhosts/${vhost}/topic-permissions`,
      columns: columns('vhost', 'user', 'exchange', 'write', 'read'),
    },
    policies: {
      path: '/policies',
      pathIn: (vhost) => apiPath`/policies/${vhost}`,
      columns: columns('vhost', 'name', 'pattern', 'apply-to', 'priority', 'definition'),
    },
    'operator-policies': {
      path: '/operator-policies',
      pathIn: (vhost) => apiPath`/operator-policies/${vhost}`,
      columns: columns('vhost', 'name', 'pattern', 'apply-to', 'priority', 'definition'),
    },
  } satisfies Readonly<Record<string, Noun>>),
)
