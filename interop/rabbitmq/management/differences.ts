// Where Leveret's management API shows other fields than that of RabbitMQ 3.10, and why. The test fails when
// one of these is not there any more. `npm run generate` writes the table into docs/management.md.

export interface Difference {
  /** The endpoints that it is seen at. */
  readonly at: RegExp
  /** The places in their JSON: what is looked at is `[].name: type at RabbitMQ | type at Leveret`. */
  readonly places: RegExp
  /** How the documentation calls them. */
  readonly what: string
  readonly reason: string
}

export const DIFFERENCES: readonly Difference[] = [
  {
    at: /^\/overview/,
    places: /^\.message_stats\.disk_(reads|writes)/,
    what: 'overview: `message_stats.disk_reads` and `disk_writes`',
    reason: 'What is read and written is blocks of many messages.',
  },
  {
    at: /^\/(overview|nodes)/,
    places: /\.(listeners\[\]\.socket_opts|contexts\[\]\.(cowboy_opts|protocol|ssl_opts))/,
    what: 'overview and nodes: what is in `socket_opts`, `cowboy_opts` and `ssl_opts`',
    reason: 'They are options of Erlang and its libraries.',
  },
  {
    at: /^\/overview/,
    places: /^\.(default_queue_type|cluster_tags|node_tags):/,
    what: 'overview: `default_queue_type`, `cluster_tags`, `node_tags`',
    reason: '4.x has them.',
  },
  {
    at: /^\/nodes/,
    places: /config_files\[\]/,
    what: 'nodes: the names of configuration files',
    reason: 'There need not be any.',
  },
  {
    at: /^\/nodes/,
    places: /\.being_drained: nothing/,
    what: 'nodes: `being_drained`',
    reason: 'Later versions have it.',
  },
  {
    at: /^\/extensions$/,
    places: /^\[\]:/,
    what: 'extensions',
    reason: "They are of RabbitMQ's own pages in the browser.",
  },
  {
    at: /^\/auth$/,
    places: /^\.oauth_enabled:/,
    what: 'auth: `oauth_enabled`',
    reason: '4.x has it.',
  },
  {
    at: /^\/vhosts/,
    places: /\.protected_from_deletion:/,
    what: 'vhosts: `protected_from_deletion`',
    reason: '4.x has it.',
  },
  {
    at: /^\/(connections|vhosts\/compared\/connections)$/,
    places: /\.(peer_cert_|ssl_)\w+: (null|nothing) \| string$/,
    what: 'connections without TLS: `ssl_…` and `peer_cert_…` are empty texts',
    reason: 'RabbitMQ shows null in lists, and empty texts otherwise.',
  },
  {
    at: /^\/exchanges/,
    places: /user_who_performed_action/,
    what: 'exchanges: `user_who_performed_action`',
    reason: 'Nobody keeps who has made them.',
  },
  {
    at: /^\/queues/,
    places: /\.(paused|messages_delayed|dead_letter_target):/,
    what: 'queues: `paused`, `messages_delayed`, `dead_letter_target`',
    reason: 'They are our own.',
  },
  {
    at: /^\/queues/,
    places: /backing_queue_status/,
    what: 'queues: most of `backing_queue_status`',
    reason: "They are figures of the inside of RabbitMQ's queues.",
  },
  {
    at: /^\/queues/,
    places:
      /\.(messages_\w+|message_bytes\w*|consumer_capacity|consumer_utilisation|\w+_consumer_tag|head_message_timestamp|slave_nodes|synchronised_slave_nodes|recoverable_slaves|idle_since|leader): nothing \| /,
    what: 'queues of one type: fields that RabbitMQ has for other types only',
    reason: 'All types are told of alike.',
  },
  {
    at: /^\/queues/,
    places: /\.(owner_pid_details|message_stats|consumer_details)/,
    what: 'queues: `owner_pid_details`, and `message_stats.publish` where nothing was published',
    reason: 'RabbitMQ shows them in some answers and not in others, at some times.',
  },
  {
    at: /^\/(global-parameters|definitions)$/,
    places: /value: object or string \| object/,
    what: 'global parameters: `internal_cluster_id`',
    reason: 'A node alone has no need of one.',
  },
  {
    at: /^\/definitions/,
    places:
      /\.(rabbitmq_version|product_\w+|rabbitmq_definition_format|original_\w+|vhosts\[\]\.\w+(\[\])?):/,
    what: 'definitions: what they are of, and metadata of virtual hosts',
    reason: '4.x has them.',
  },
  {
    at: /^\/definitions\/compared$/,
    places: /\.(parameters|policies)\[\]\.vhost:/,
    what: 'definitions of one virtual host: parameters and policies do not name it',
    reason: 'They can be taken into another, as those of 4.x.',
  },
]
