import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { usePolled } from '../api/use-polled.ts'
import type { Readings } from '../chart/readings.ts'
import { TrafficCharts } from '../chart/traffic-charts.tsx'
import { count } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Page } from '../layout/page.tsx'
import { Problem } from '../layout/problem.tsx'
import { addressOf } from '../routing.ts'
import { useMay } from '../session.ts'
import { Churn } from './churn.tsx'
import { Listeners, type ListenersProps } from './listeners.tsx'
import { NodeCards } from './node-cards.tsx'
import { TrafficTotals } from './traffic-totals.tsx'

interface Overview extends ListenersProps {
  readonly product_name: string
  readonly product_version: string
  readonly erlang_full_version: string
  readonly cluster_name: string
  readonly message_stats: Readings
  readonly queue_totals: Readings
  readonly churn_rates: Readings
  readonly object_totals: Readonly<Record<string, number>>
}

/** How far the charts go back, and how close the samples are, in seconds. */
const RANGES = [
  { label: 'The last minute', age: 60, step: 5 },
  { label: 'The last ten minutes', age: 600, step: 10 },
] as const

type Range = (typeof RANGES)[number]

/** What the broker does; all of it for those who monitor, and their part of it for others. */
export function OverviewPage(): VNode {
  const [range, setRange] = useState<Range>(RANGES[0])
  const query = ['msg_rates', 'lengths'].map(
    (name) => `${name}_age=${range.age}&${name}_incr=${range.step}`,
  )
  const { data, error } = usePolled<Overview>(`/overview?${query.join('&')}`)
  const isMonitoring = useMay('monitoring')
  const Traffic = isMonitoring ? TrafficCharts : TrafficTotals
  return (
    <Page
      title="Overview"
      actions={isMonitoring && <RangeChoice range={range} onRange={setRange} />}
    >
      {error !== undefined && <Problem text={error.message} />}
      {data !== undefined && (
        <>
          <Totals {...data} />
          <Traffic messages={data.message_stats} queued={data.queue_totals} where="queues" />
        </>
      )}
      {isMonitoring && <NodeCards />}
      {isMonitoring && data !== undefined && <Churn of={data.churn_rates} />}
      {data !== undefined && <Listeners {...data} />}
    </Page>
  )
}

interface RangeChoiceProps {
  readonly range: Range
  readonly onRange: (range: Range) => void
}

function RangeChoice({ range, onRange }: RangeChoiceProps): VNode {
  return (
    <fieldset class="choice" aria-label="How far the charts go back">
      {RANGES.map((one) => (
        <button
          key={one.age}
          type="button"
          aria-pressed={one === range}
          onClick={() => onRange(one)}
        >
          {one.label}
        </button>
      ))}
    </fieldset>
  )
}

function Totals(overview: Overview): VNode {
  const { object_totals } = overview
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
              <Total name={name} value={object_totals[name]} />
            </a>
          </li>
        ))}
        <li>
          <Total name="consumers" value={object_totals['consumers']} />
        </li>
      </ul>
    </>
  )
}

function Total({
  name,
  value,
}: {
  readonly name: string
  readonly value: number | undefined
}): VNode {
  return (
    <>
      <b>{count(value)}</b> {value === 1 ? name.replace(/s$/, '') : name}
    </>
  )
}
