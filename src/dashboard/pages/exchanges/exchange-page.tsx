import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { LineChart } from '../chart/line-chart.tsx'
import { type LineOf, rateLines } from '../chart/readings.ts'
import { rate } from '../format/figures.ts'
import { exchangeFromPath, exchangeInPath, exchangeTitle, visible } from '../format/names.ts'
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
import { BindForm } from './bind-form.tsx'
import { BindingsList } from './bindings-list.tsx'
import { PublishForm } from './publish-form.tsx'
import { RouteExplainer } from './route-explainer.tsx'
import type { Exchange } from './shapes.ts'

const RATES: readonly LineOf[] = [
  ['publish_in', 'In', 1],
  ['publish_out', 'Out', 3],
]

export function ExchangePage({ names: [vhost = '', given = ''] }: PageProps): VNode {
  const name = exchangeFromPath(given)
  const address = path`/exchanges/${vhost}/${exchangeInPath(name)}`
  const polled = usePolled<Exchange>(`${address}?msg_rates_age=60&msg_rates_incr=5`)
  const { data } = polled
  return (
    <Page
      title={`Exchange ${exchangeTitle(name)}`}
      actions={name !== '' && data !== undefined && <Delete name={name} address={address} />}
    >
      <Gone what="exchange" polled={polled} />
      {data !== undefined && (
        <>
          <div class="columns">
            <Card title="Details">
              <Facts facts={factsOf(data)} />
            </Card>
            <Card title="Messages a second">
              <LineChart
                title="Messages a second, over the last minute"
                lines={rateLines(data.message_stats ?? {}, RATES)}
                format={rate}
              />
            </Card>
          </div>
          <Bindings vhost={vhost} name={name} address={address} />
          <Card title="Where would a message go?">
            <RouteExplainer vhost={vhost} exchange={name} />
          </Card>
          <Card title="Publish a message" isFolded>
            <PublishForm vhost={vhost} exchange={name} />
          </Card>
        </>
      )}
    </Page>
  )
}

interface OneExchange {
  readonly name: string
  readonly address: string
}

function Delete({ name, address }: OneExchange): VNode {
  const act = async (): Promise<void> => {
    await remove(address)
    location.hash = addressOf('exchanges')
  }
  return (
    <ConfirmButton label="Delete" question="Delete this exchange?" onConfirm={act}>
      <p>{visible(name)}, with all its bindings</p>
    </ConfirmButton>
  )
}

function Bindings({ vhost, name, address }: OneExchange & { readonly vhost: string }): VNode {
  const [version, setVersion] = useState(0)
  const onChange = (): void => setVersion((before) => before + 1)
  const shared = { version, onChange }
  return (
    <>
      <Card title="Bindings to queues and exchanges">
        <BindingsList base={`${address}/bindings/source`} show="destination" {...shared} />
      </Card>
      {name !== '' && (
        <>
          <Card title="Bindings from other exchanges">
            <BindingsList base={`${address}/bindings/destination`} show="source" {...shared} />
          </Card>
          <Card title="Add a binding" isFolded>
            <BindForm vhost={vhost} from={name} onBound={onChange} />
          </Card>
        </>
      )}
    </>
  )
}

function factsOf(exchange: Exchange): Fact[] {
  return [
    ['Virtual host', <VhostLink name={exchange.vhost} />],
    ['Type', visible(exchange.type)],
    ['Features', <Marks of={exchange} />],
    ['Arguments', hasAny(exchange.arguments) && <Arguments of={exchange.arguments} />],
    ['Policy', visible(exchange.policy ?? '')],
  ]
}
