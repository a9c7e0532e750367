import { ConfigError } from '../config/config-error.ts'
import type { ResolvedOptions } from '../config/options.ts'

/** What a broker has to know that is one of a cluster. */
export type ClusterOptions = Pick<
  ResolvedOptions,
  | 'cluster'
  | 'nodeName'
  | 'clusterShards'
  | 'clusterReplicas'
  | 'clusterPrefix'
  | 'natsCredentials'
  | 'natsCa'
  | 'natsCert'
  | 'natsKey'
>

/** Whoever gives some of the options believes that the broker is in a cluster, and is let in there. */
export function assertClusterComplete(options: ClusterOptions): void {
  const { cluster, nodeName, natsCredentials, natsCa, natsCert, natsKey } = options
  const isAsked = [natsCredentials, natsCa, natsCert, natsKey].some((given) => given !== '')
  if (cluster.length === 0 && isAsked) {
    throw new ConfigError('cluster is missing: without NATS servers there is nothing to log in to')
  }
  if (cluster.length > 0 && nodeName === '') {
    throw new ConfigError('node-name is missing: in a cluster, every broker has a name of its own')
  }
  if ((natsCert === '') !== (natsKey === '')) {
    throw new ConfigError('nats-cert and nats-key belong together: one of them is missing')
  }
}
