import type { VNode } from 'preact'
import { path, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { LineChart } from '../chart/line-chart.tsx'
import { OCTETS, rateLines } from '../chart/readings.ts'
import { bytes, count, dateTime } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Arguments } from '../layout/arguments.tsx'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { type Fact, Facts } from '../layout/facts.tsx'
import { Gone } from '../layout/gone.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import { useOwnList } from '../list/use-list-state.ts'
import type { PageProps } from '../page-props.ts'
import { addressOf } from '../routing.ts'
import { COLUMNS_OF_ONE } from './channel-columns.tsx'
import type { Connection } from './shapes.ts'

const octets = (value: number): string => `${bytes(value)}/s`

export function ConnectionPage({ names: [name = ''] }: PageProps): VNode {
  const address = path`/connections/${name}`
  const polled = usePolled<Connection>(`${address}?data_rates_age=60&data_rates_incr=5`)
  const channels = useOwnList()
  const { data } = polled
  const close = async (reason: string): Promise<void> => {
    await remove(address, reason)
    location.hash = addressOf('connections')
  }
  return (
    <Page
      title={`Connection ${visible(name)}`}
      actions={
        data !== undefined && (
          <ConfirmButton
            label="Close"
            question="Close this connection?"
            reasonLabel="Reason, which the client is told"
            onConfirm={close}
          >
            <p>{visible(name)}</p>
          </ConfirmButton>
        )
      }
    >
      <Gone what="connection" polled={polled} />
      {data !== undefined && (
        <>
          <div class="columns">
            <Card title="Details">
              <Facts facts={factsOf(data)} />
            </Card>
            <Card title="Data a second">
              <LineChart
                title="Data a second, over the last minute"
                lines={rateLines(data, OCTETS, octets)}
                format={octets}
              />
            </Card>
          </div>
          <Card title="Channels">
            <PagedList
              what="channels"
              base={`${address}/channels`}
              columns={COLUMNS_OF_ONE}
              keyOf={(channel) => channel.name}
              listing={channels}
            />
          </Card>
          <Card title="What the client says of itself">
            <Arguments of={data.client_properties} />
          </Card>
        </>
      )}
    </Page>
  )
}

function factsOf(connection: Connection): Fact[] {
  return [
    ['Name given by the client', visible(connection.user_provided_name ?? '')],
    ['Virtual host', visible(connection.vhost)],
    ['User', visible(connection.user)],
    ['State', connection.state],
    ['Protocol', connection.protocol],
    ['Login by', connection.auth_mechanism],
    ['TLS', connection.ssl ? `${connection.ssl_protocol}, ${connection.ssl_cipher}` : 'none'],
    ['Certificate of', visible(connection.peer_cert_subject)],
    ['Since', dateTime(connection.connected_at)],
    ['Heartbeat', connection.timeout === 0 ? 'none' : `${connection.timeout} s`],
    ['Channels', `${count(connection.channels)} of ${count(connection.channel_max)}`],
    ['Largest frame', bytes(connection.frame_max)],
    ['From the client', bytes(connection.recv_oct)],
    ['To the client', bytes(connection.send_oct)],
    ['Waiting to be sent', bytes(connection.send_pend)],
  ]
}
