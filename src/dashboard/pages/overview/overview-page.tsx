import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { usePolled } from '../api/use-polled.ts'
import { LineChart } from '../chart/line-chart.tsx'
import {
  happened,
  levelLines,
  MESSAGE_RATES,
  QUEUED,
  type Readings,
  rateLines,
} from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { Page } from '../layout/page.tsx'
import { Problem } from '../layout/problem.tsx'
import { addressOf } from '../routing.ts'
import { useMay } from '../session.ts'
import { Listeners, type ListenersProps } from './listeners.tsx'
import { NodeCards } from './node-cards.tsx'

interface Overview extends ListenersProps {
  readonly product_name: string
  readonly product_version: string
  readonly erlang_full_version: string
  readonly cluster_name: string
  readonly message_stats: Readings
  readonly queue_totals: Readings
  readonly object_totals: Readonly<Record<string, number>>
}

/** How far the charts go back, and how close the samples are, in seconds. */
const RANGES = [
  { label: 'The last minute', age: 60, step: 5 },
  { label: 'The last ten minutes', age: 600, step: 10 },
] as const

export function OverviewPage(): VNode {
  const [range, setRange] = useState<(typeof RANGES)[number]>(RANGES[0])
  const query = ['msg_rates', 'lengths'].map(
    (name) => `${name}_age=${range.age}&${name}_incr=${range.step}`,
  )
  const { data, error } = usePolled<Overview>(`/overview?${query.join('&')}`)
  const isMonitoring = useMay('monitoring')
  return (
    <Page
      title="Overview"
      actions={
        <fieldset class="choice" aria-label="How far the charts go back">
          {RANGES.map((one) => (
            <button
              key={one.age}
              type="button"
              aria-pressed={one === range}
              onClick={() => setRange(one)}
            >
              {one.label}
            </button>
          ))}
        </fieldset>
      }
    >
      {error !== undefined && <Problem text={error.message} />}
      {data !== undefined && <Shown {...data} />}
      {isMonitoring && <NodeCards />}
      {data !== undefined && <Listeners {...data} />}
    </Page>
  )
}

function Shown(overview: Overview): VNode {
  const { message_stats, queue_totals, object_totals } = overview
  return (
    <>
      <p class="quiet">
        Cluster {visible(overview.cluster_name)}, compatible with {overview.product_name}{' '}
        {overview.product_version}, on {overview.erlang_full_version}
      </p>
      <ul class="totals">
        {['connections', 'channels', 'exchanges', 'queues'].map((name) => (
          <li key={name}>
            <a href={addressOf(name)}>
              <b>{count(object_totals[name])}</b> {name}
            </a>
          </li>
        ))}
        <li>
          <b>{count(object_totals['consumers'])}</b> consumers
        </li>
      </ul>
      <div class="columns">
        <Card title="Messages a second">
          <LineChart
            title="Messages a second, over time"
            lines={rateLines(message_stats, happened(message_stats, MESSAGE_RATES, 3))}
            format={rate}
          />
        </Card>
        <Card title="Messages in queues">
          <LineChart
            title="Messages in queues, over time"
            lines={levelLines(queue_totals, QUEUED)}
            format={count}
          />
        </Card>
      </div>
    </>
  )
}
