import type { VNode } from 'preact'
import { path, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { TrafficCharts } from '../chart/traffic-charts.tsx'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { Facts } from '../layout/facts.tsx'
import { Gone } from '../layout/gone.tsx'
import { Page } from '../layout/page.tsx'
import type { PageProps } from '../page-props.ts'
import { addressOf } from '../routing.ts'
import { useMay } from '../session.ts'
import { Limits } from '../users/limits.tsx'
import { Permissions } from '../users/permissions.tsx'
import { TopicPermissions } from '../users/topic-permissions.tsx'
import { ChangeVhost } from './change-vhost.tsx'
import type { Vhost } from './shapes.ts'

const LAST_MINUTES = 'lengths_age=600&lengths_incr=10&msg_rates_age=600&msg_rates_incr=10'

export function VhostPage({ names: [name = ''] }: PageProps): VNode {
  const address = path`/vhosts/${name}`
  const polled = usePolled<Vhost>(`${address}?${LAST_MINUTES}`)
  const { data } = polled
  const isAdministrator = useMay('administrator')
  const act = async (): Promise<void> => {
    await remove(address)
    location.hash = addressOf('vhosts')
  }
  return (
    <Page
      title={`Virtual host ${visible(name)}`}
      actions={
        isAdministrator &&
        data !== undefined && (
          <ConfirmButton label="Delete" question="Delete this virtual host?" onConfirm={act}>
            <p>{visible(name)}, with all its queues, their messages, and all else that is in it</p>
          </ConfirmButton>
        )
      }
    >
      <Gone what="virtual host" polled={polled} />
      {data !== undefined && <Shown vhost={data} />}
      {isAdministrator && data !== undefined && (
        <>
          <Permissions of={{ vhost: name }} />
          <TopicPermissions of={{ vhost: name }} />
          <Limits of={{ vhost: name }} />
          <ChangeVhost vhost={data} onChanged={polled.refresh} />
        </>
      )}
    </Page>
  )
}

function Shown({ vhost }: { readonly vhost: Vhost }): VNode {
  const { name, description = '', tags = [], message_stats = {} } = vhost
  return (
    <>
      <Card title="Details">
        <Facts
          facts={[
            ['Description', visible(description)],
            ['Tags', visible(tags.join(', '))],
            ['Default type of queues', vhost.metadata?.default_queue_type],
            ['Traced', vhost.tracing ? 'yes' : 'no'],
            ['Queues', <a href={addressOf('queues', [], { vhost: name })}>Show</a>],
            ['Exchanges', <a href={addressOf('exchanges', [], { vhost: name })}>Show</a>],
            ['Connections', <a href={addressOf('connections', [], { vhost: name })}>Show</a>],
          ]}
        />
      </Card>
      <TrafficCharts messages={message_stats} queued={vhost} where="queues" />
    </>
  )
}
