import type { VNode } from 'preact'
import { path } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { LineChart } from '../chart/line-chart.tsx'
import { happened, MESSAGE_RATES, rateLines } from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { type Fact, Facts } from '../layout/facts.tsx'
import { Gone } from '../layout/gone.tsx'
import { ConnectionLink } from '../layout/links.tsx'
import { Page } from '../layout/page.tsx'
import type { PageProps } from '../page-props.ts'
import { ConsumersTable } from './consumers-table.tsx'
import { type Channel, type Consumer, modeOf } from './shapes.ts'

interface DetailedChannel extends Channel {
  readonly consumer_details: readonly Consumer[]
}

export function ChannelPage({ names: [name = ''] }: PageProps): VNode {
  const polled = usePolled<DetailedChannel>(
    `${path`/channels/${name}`}?msg_rates_age=60&msg_rates_incr=5`,
  )
  const { data } = polled
  const stats = data?.message_stats ?? {}
  return (
    <Page title={`Channel ${visible(name)}`}>
      <Gone what="channel" polled={polled} />
      {data !== undefined && (
        <>
          <div class="columns">
            <Card title="Details">
              <Facts facts={factsOf(data)} />
            </Card>
            <Card title="Messages a second">
              <LineChart
                title="Messages a second, over the last minute"
                lines={rateLines(stats, happened(stats, MESSAGE_RATES, 1))}
                format={rate}
              />
            </Card>
          </div>
          <Card title="Consumers">
            <ConsumersTable consumers={data.consumer_details} of="channel" />
          </Card>
        </>
      )}
    </Page>
  )
}

const limit = (prefetch: number): string => (prefetch === 0 ? 'no limit' : count(prefetch))

function factsOf(channel: DetailedChannel): Fact[] {
  const { name } = channel.connection_details
  return [
    ['Connection', <ConnectionLink name={name} />],
    ['Virtual host', visible(channel.vhost)],
    ['User', visible(channel.user)],
    ['State', channel.state],
    ['Mode', modeOf(channel)],
    ['Prefetch of each consumer', limit(channel.prefetch_count)],
    ['Prefetch of all together', limit(channel.global_prefetch_count)],
    ['Unacknowledged', count(channel.messages_unacknowledged)],
    ['Unconfirmed', count(channel.messages_unconfirmed)],
    ['Uncommitted', count(channel.messages_uncommitted)],
  ]
}
