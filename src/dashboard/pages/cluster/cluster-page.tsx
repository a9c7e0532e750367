import type { VNode } from 'preact'
import { usePolled } from '../api/use-polled.ts'
import { count } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Page } from '../layout/page.tsx'
import { Problem } from '../layout/problem.tsx'
import { useMay } from '../session.ts'
import { NodesCard } from './nodes-card.tsx'
import type { Cluster, Shard } from './shapes.ts'
import { ShardsCard } from './shards-card.tsx'

/** Who is in the cluster, who owns what, and what an administrator may change in that. */
export function ClusterPage(): VNode {
  const cluster = usePolled<Cluster>('/cluster')
  const shards = usePolled<readonly Shard[]>('/cluster/shards')
  const mayChange = useMay('administrator')
  const onChanged = (): void => {
    cluster.refresh()
    shards.refresh()
  }
  const { data } = cluster
  const error = cluster.error ?? shards.error
  return (
    <Page title="Cluster">
      {error !== undefined && <Problem text={error.message} />}
      {data?.is_member === false && (
        <Problem text={`${visible(data.node)}, which shows this, cannot reach the others now.`} />
      )}
      {data !== undefined && (
        <>
          <Totals {...data} />
          <NodesCard nodes={data.nodes} mayChange={mayChange} onChanged={onChanged} />
          <ShardsCard
            shards={shards.data ?? []}
            nodes={data.nodes.filter(({ running }) => running).map(({ name }) => name)}
            mayChange={mayChange}
            onChanged={onChanged}
          />
        </>
      )}
    </Page>
  )
}

function Totals({ name, nodes, shards }: Cluster): VNode {
  const running = nodes.filter((node) => node.running).length
  return (
    <>
      <p class="quiet">Cluster {visible(name)}</p>
      <ul class="totals">
        <li>
          <b>{count(running)}</b> of {count(nodes.length)} nodes running
        </li>
        <li>
          <b>{count(shards.serving)}</b> of {count(shards.total)} shards serving
        </li>
        <li>
          <b>{count(shards.moving)}</b> moving
        </li>
        <li>
          <b>{count(shards.without_owner)}</b> without an owner
        </li>
      </ul>
    </>
  )
}
