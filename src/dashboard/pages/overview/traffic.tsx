import type { VNode } from 'preact'
import { LineChart } from '../chart/line-chart.tsx'
import {
  happened,
  levelLines,
  MESSAGE_RATES,
  QUEUED,
  type Readings,
  rateLines,
  readingOf,
} from '../chart/readings.ts'
import { count, rate } from '../format/figures.ts'
import { Card } from '../layout/card.tsx'
import { Facts } from '../layout/facts.tsx'

interface TrafficProps {
  readonly messages: Readings
  readonly queued: Readings
}

/** How fast messages come and go, and how many there are, over time. */
export function TrafficCharts({ messages, queued }: TrafficProps): VNode {
  return (
    <div class="columns">
      <Card title="Messages a second">
        <LineChart
          title="Messages a second, over time"
          lines={rateLines(messages, happened(messages, MESSAGE_RATES, 3))}
          format={rate}
        />
      </Card>
      <Card title="Messages in queues">
        <LineChart
          title="Messages in queues, over time"
          lines={levelLines(queued, QUEUED)}
          format={count}
        />
      </Card>
    </div>
  )
}

/** The same for who sees only a part of the broker: of that, nobody takes samples. */
export function TrafficTotals({ messages, queued }: TrafficProps): VNode {
  return (
    <div class="columns">
      <Card title="Messages since the broker started">
        <Facts
          facts={happened(messages, MESSAGE_RATES, 3).map(([name, label]) => [
            label,
            count(readingOf(messages, name)),
          ])}
        />
      </Card>
      <Card title="Messages in queues">
        <Facts facts={QUEUED.map(([name, label]) => [label, count(readingOf(queued, name))])} />
      </Card>
    </div>
  )
}
