// What a load consists of: plain data, which may have come from another process.

/** Where the broker listens. */
export interface Target {
  host: string
  port: number
  /** Over TLS. */
  tls?: boolean
  user: string
  password: string
  vhost: string
}

/** How messages travel in one measurement. Names without a unit are counts. */
export interface TrafficShape {
  producers: number
  /** 0: nobody consumes; the end is known by a synchronous method after the last publish. */
  consumers: number
  queues: number
  exchange: 'default' | 'fanout' | 'topic'
  /** Topic only: binding i goes to queue i modulo queues, every published key matches one. */
  bindings: number
  bodySizeBytes: number
  /** Delivery mode 2 into durable queues. */
  persistent: boolean
  /** Queues have so many priorities, and messages each of them in turn; 0: none. */
  priorities: number
  /** Classic ones unless it is given. */
  queueType?: 'quorum'
  /** Publisher confirms with this many outstanding for each producer; 0 without. */
  confirmWindow: number
  /** Manual acks with this prefetch; 0: automatic acks, no limit. */
  prefetch: number
  /** With prefetch: one ack for this many deliveries. */
  ackEvery: number
  /** Producers pause while this many deliveries are outstanding; 0: no limit. */
  inflight: number
  /** Messages a second in all, sent when they are due; 0: as fast as possible. */
  ratePerSec: number
  /** Messages in all instead of a duration; 0: by time. */
  messageCount: number
  /** With messageCount and no producers: that many messages wait in the queue already. */
  drainOnly: boolean
  /** Leave the queues and what they hold for the next step. */
  keepQueues: boolean
}

export interface TrafficLoad {
  target: Target
  /** Nodes of a cluster that producers connect to in turn, and consumers; `target` unless they are given. */
  publishThrough?: readonly Target[]
  consumeThrough?: readonly Target[]
  /** Names of everything declared start with this. */
  prefix: string
  /** Marks every message, 1 to 65535. */
  runId: number
  shape: TrafficShape
  durationSec: number
  /** At the beginning of the duration, not measured. */
  warmupSec: number
  /** Without any progress for so long, the run is given up. */
  stallSec: number
}
