import type { VNode } from 'preact'
import { happened, MESSAGE_RATES, QUEUED, readingOf } from '../chart/readings.ts'
import type { TrafficProps } from '../chart/traffic-charts.tsx'
import { count } from '../format/figures.ts'
import { Card } from '../layout/card.tsx'
import { Facts } from '../layout/facts.tsx'

/** Traffic for who sees only a part of the broker: of that, nobody takes samples. */
export function TrafficTotals({ messages, queued, where }: TrafficProps): VNode {
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
      <Card title={`Messages in ${where}`}>
        <Facts facts={QUEUED.map(([name, label]) => [label, count(readingOf(queued, name))])} />
      </Card>
    </div>
  )
}
