import type { VNode } from 'preact'
import { count, rate } from '../format/figures.ts'
import { Card } from '../layout/card.tsx'
import { LineChart } from './line-chart.tsx'
import {
  happened,
  levelLines,
  MESSAGE_RATES,
  QUEUED,
  type Readings,
  rateLines,
} from './readings.ts'

export interface TrafficProps {
  readonly messages: Readings
  readonly queued: Readings
  /** What the messages are in. */
  readonly where: string
}

/** How fast messages come and go, and how many there are, over time. */
export function TrafficCharts({ messages, queued, where }: TrafficProps): VNode {
  return (
    <div class="columns">
      <Card title="Messages a second">
        <LineChart
          title="Messages a second, over time"
          lines={rateLines(messages, happened(messages, MESSAGE_RATES, 3))}
          format={rate}
        />
      </Card>
      <Card title={`Messages in ${where}`}>
        <LineChart
          title={`Messages in ${where}, over time`}
          lines={levelLines(queued, QUEUED)}
          format={count}
        />
      </Card>
    </div>
  )
}
