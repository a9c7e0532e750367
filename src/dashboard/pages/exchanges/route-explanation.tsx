import type { VNode } from 'preact'
import { count, duration } from '../format/figures.ts'
import { exchangeTitle, visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { QueueLink } from '../layout/links.tsx'
import { type Column, Table } from '../list/table.tsx'
import { Destination } from './bindings-list.tsx'
import type { ExplainedBinding, ExplainedStep, Explanation } from './shapes.ts'

/** What a message meets on its way, exchange by exchange. */
export function RouteExplanation(props: Explanation & { readonly vhost: string }): VNode {
  const { vhost, reason, queues, steps, truncated } = props
  return (
    <div role="status">
      {queues.length > 0 ? (
        <div class="verdict yes">
          <p>
            It goes to {count(queues.length)} {queues.length === 1 ? 'queue' : 'queues'}
          </p>
          <ul>
            {queues.map((name) => (
              <li key={name}>
                <QueueLink vhost={vhost} name={name} />
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p class="verdict no">
          It goes to no queue{reason === undefined ? '' : `: ${visible(reason)}`}
        </p>
      )}
      {steps.map((step, index) => (
        <Step key={index} {...step} />
      ))}
      {truncated && <p class="quiet">There are more bindings than are shown</p>}
    </div>
  )
}

const WAYS = { binding: 'through a binding', 'alternate-exchange': 'as the alternate exchange' }

function Step({ exchange, type, via, delay_ms, bindings }: ExplainedStep): VNode {
  return (
    <section>
      <h3>
        {exchangeTitle(exchange)} <span class="quiet">{visible(type)}</span>
        {via !== undefined && <span class="quiet">, {WAYS[via]}</span>}
        {delay_ms !== undefined && <span class="quiet">, after {duration(delay_ms)}</span>}
      </h3>
      {bindings.length === 0 ? (
        <p class="quiet">No bindings</p>
      ) : (
        <Table
          caption={`Bindings of ${exchangeTitle(exchange)}`}
          columns={COLUMNS}
          items={bindings}
          keyOf={({ destination_type, destination, properties_key }) =>
            JSON.stringify([destination_type, destination, properties_key])
          }
        />
      )}
    </section>
  )
}

const COLUMNS: readonly Column<ExplainedBinding>[] = [
  {
    title: 'Matches',
    show: ({ matched }) =>
      matched ? <span class="yes">✓ yes</span> : <span class="no">✗ no</span>,
  },
  { title: 'Why', show: ({ why }) => visible(why) },
  { title: 'To', show: (binding) => <Destination {...binding} /> },
  { title: 'Routing key', show: ({ routing_key }) => visible(routing_key) },
  { title: 'Arguments', show: (binding) => <Arguments of={binding.arguments} /> },
]
