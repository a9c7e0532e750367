import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { TrafficCharts } from '../chart/traffic-charts.tsx'
import { ConsumersTable } from '../connections/consumers-table.tsx'
import type { Consumer } from '../connections/shapes.ts'
import { BindForm } from '../exchanges/bind-form.tsx'
import { BindingsList } from '../exchanges/bindings-list.tsx'
import { bytes, count } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Arguments, hasAny } from '../layout/arguments.tsx'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { type Fact, Facts } from '../layout/facts.tsx'
import { Gone } from '../layout/gone.tsx'
import { VhostLink } from '../layout/links.tsx'
import { Marks } from '../layout/marks.tsx'
import { Page } from '../layout/page.tsx'
import type { PageProps } from '../page-props.ts'
import { addressOf } from '../routing.ts'
import { MessagesLink } from './messages-link.tsx'
import type { Queue } from './shapes.ts'

interface DetailedQueue extends Queue {
  readonly consumer_details: readonly Consumer[]
}

const LAST_MINUTE = 'lengths_age=60&lengths_incr=5&msg_rates_age=60&msg_rates_incr=5'

/** Everything about a queue but its messages. */
export function QueuePage({ names: [vhost = '', name = ''] }: PageProps): VNode {
  const address = path`/queues/${vhost}/${name}`
  const polled = usePolled<DetailedQueue>(`${address}?${LAST_MINUTE}`)
  const { data } = polled
  return (
    <Page
      title={`Queue ${visible(name)}`}
      actions={
        data !== undefined && (
          <>
            <MessagesLink vhost={vhost} name={name}>
              Show the messages
            </MessagesLink>
            <Delete address={address} name={name} messages={data.messages} />
          </>
        )
      }
    >
      <Gone what="queue" polled={polled} />
      {data !== undefined && (
        <>
          <TrafficCharts messages={data.message_stats ?? {}} queued={data} where="the queue" />
          <Card title="Details">
            <Facts facts={factsOf(data)} />
          </Card>
          <Card title="Consumers">
            <ConsumersTable consumers={data.consumer_details} of="queue" />
          </Card>
          <Bindings vhost={vhost} name={name} address={address} />
        </>
      )}
    </Page>
  )
}

interface DeleteProps {
  readonly address: string
  readonly name: string
  readonly messages: number
}

function Delete({ address, name, messages }: DeleteProps): VNode {
  const act = async (): Promise<void> => {
    await remove(address)
    location.hash = addressOf('queues')
  }
  return (
    <ConfirmButton label="Delete" question="Delete this queue?" onConfirm={act}>
      <p>
        {visible(name)}, with {count(messages)} {messages === 1 ? 'message' : 'messages'}
      </p>
    </ConfirmButton>
  )
}

interface BindingsProps {
  readonly vhost: string
  readonly name: string
  readonly address: string
}

function Bindings({ vhost, name, address }: BindingsProps): VNode {
  const [version, setVersion] = useState(0)
  const onChange = (): void => setVersion((before) => before + 1)
  return (
    <>
      <Card title="Bindings">
        <BindingsList
          base={`${address}/bindings`}
          show="source"
          version={version}
          onChange={onChange}
        />
      </Card>
      <Card title="Add a binding" isFolded>
        <BindForm vhost={vhost} toQueue={name} onBound={onChange} />
      </Card>
    </>
  )
}

function factsOf(queue: DetailedQueue): Fact[] {
  const definition = queue.effective_policy_definition
  return [
    ['Virtual host', <VhostLink name={queue.vhost} />],
    ['Type', queue.type],
    ['State', queue.state],
    ['Features', <Marks of={queue} />],
    ['Arguments', hasAny(queue.arguments) && <Arguments of={queue.arguments} />],
    ['Policy', visible(queue.policy ?? '')],
    ['Operator policy', visible(queue.operator_policy ?? '')],
    ['Policies together', hasAny(definition) && <Arguments of={definition} />],
    ['Octets ready', bytes(queue.message_bytes)],
    ['Delayed', count(queue.messages_delayed)],
    ['Takes dead letters', queue.dead_letter_target ? 'yes' : 'no'],
  ]
}
