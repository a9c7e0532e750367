import type { Administration } from '../administration/administration.ts'
import type { ResolvedOptions } from '../config/options.ts'
import type { Endpoint, ManagedBroker } from '../management/managed-broker.ts'
import type { ManagedCluster } from '../management/managed-cluster.ts'
import type { AlarmResource, Alarms } from '../server/alarms.ts'
import type { TlsCertificates, TlsIdentity } from '../server/tls-identity.ts'

/** What changes while a broker runs, and so has to be asked for each time. */
type Changing = 'alarms' | 'certificates' | 'cluster' | 'clusterName' | 'endpoints'

type Own = Omit<ManagedBroker, keyof ResolvedOptions | Changing | 'product' | 'version'>

export interface ManagedParts extends Own {
  readonly options: ResolvedOptions
  readonly raisedAlarms: Alarms
  readonly listening: () => readonly Endpoint[]
  readonly tlsIdentity: TlsIdentity | undefined
  readonly joinedCluster: () => ManagedCluster | undefined
  /** Not the option, but as RabbitMQ names its nodes. */
  readonly nodeName: string
}

/** As much of a broker as those have to know who look after it. */
export function managedBroker(parts: ManagedParts): ManagedBroker {
  const { options, raisedAlarms, listening, tlsIdentity, joinedCluster, ...own } = parts
  const { serverProduct: product, serverVersion: version, ...known } = options
  return {
    ...known,
    ...own,
    product,
    version,
    get clusterName(): string {
      return clusterNameOf(own.administration) ?? options.clusterName
    },
    get cluster(): ManagedCluster | null {
      return joinedCluster() ?? null
    },
    get alarms(): readonly AlarmResource[] {
      return raisedAlarms.raised
    },
    get certificates(): TlsCertificates | null {
      return tlsIdentity?.certificates ?? null
    },
    get endpoints(): readonly Endpoint[] {
      return listening()
    },
  }
}

function clusterNameOf({ globalParameters }: Administration): string | undefined {
  const name = globalParameters.find('cluster_name')?.value
  return typeof name === 'string' ? name : undefined
}
