import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { NatsLink } from '../../nats/nats-link.ts'
import { KvMetadata } from '../../store/jetstream/kv-metadata.ts'
import { MirroredMetadata } from '../../store/jetstream/mirrored-metadata.ts'
import type { ClusterOptions } from '../cluster-options.ts'
import { bucketName } from './names.ts'
import { openNats } from './open-nats.ts'
import { SpillDirectory } from './spill-directory.ts'

export interface ClusterStoresOptions extends ClusterOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly logger: Logger
}

/** So long a client may have to wait until it hears that what it declares cannot be stored. */
const DEFINITIONS_PATIENCE_MS = 5000

/** What a node of a cluster stands on: its connection to NATS, what is kept there, and its own disk. */
export class ClusterStores {
  readonly link: NatsLink
  readonly definitions: MirroredMetadata
  /** Where the map of the cluster is. */
  readonly shared: KvMetadata
  readonly presence: KvMetadata
  /** Undefined when everything stays in memory. */
  readonly spill: SpillDirectory | undefined

  /** @throws ConfigError, StoreError as `openNats` and `SpillDirectory.open` do */
  static async open(options: ClusterStoresOptions): Promise<ClusterStores> {
    const { dataDir, clock, logger, clusterPrefix, clusterReplicas: replicas } = options
    const spill = dataDir === 'none' ? undefined : await SpillDirectory.open(dataDir)
    let link: NatsLink | undefined
    try {
      link = await openNats(options, logger)
      const common = { link, replicas, clock, logger }
      const [definitions, shared, presence] = await Promise.all([
        MirroredMetadata.open({
          ...common,
          bucket: bucketName(clusterPrefix, 'definitions'),
          patienceMs: DEFINITIONS_PATIENCE_MS,
        }),
        KvMetadata.open({ ...common, bucket: bucketName(clusterPrefix, 'map') }),
        KvMetadata.open({ ...common, bucket: bucketName(clusterPrefix, 'presence') }),
      ])
      return new ClusterStores(link, { definitions, shared, presence }, spill)
    } catch (error) {
      await link?.close()
      await spill?.close()
      throw error
    }
  }

  private constructor(
    link: NatsLink,
    kept: Pick<ClusterStores, 'definitions' | 'shared' | 'presence'>,
    spill: SpillDirectory | undefined,
  ) {
    this.link = link
    this.definitions = kept.definitions
    this.shared = kept.shared
    this.presence = kept.presence
    this.spill = spill
  }

  /** Nothing can be stored any more, it seems: what is under way is not waited for. */
  giveUp(): void {
    for (const metadata of [this.definitions, this.shared, this.presence]) metadata.giveUp()
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all([this.definitions.close(), this.shared.close(), this.presence.close()])
    await this.link.close()
    await this.spill?.close()
  }
}
