import type { VNode } from 'preact'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { Table } from '../list/table.tsx'

interface Listener {
  readonly node: string
  readonly protocol: string
  readonly ip_address: string
  readonly port: number
}

export interface ListenersProps {
  readonly listeners: readonly Listener[]
}

/** Where clients can come. */
export function Listeners({ listeners }: ListenersProps): VNode {
  return (
    <Card title="Listeners">
      <Table
        caption="Listeners"
        columns={[
          { title: 'Node', show: ({ node }) => visible(node) },
          { title: 'Protocol', show: ({ protocol }) => protocol },
          { title: 'Address', show: ({ ip_address }) => ip_address },
          { title: 'Port', isFigure: true, show: ({ port }) => port },
        ]}
        items={listeners}
        keyOf={({ node, ip_address, port }) => `${node} ${ip_address} ${port}`}
      />
    </Card>
  )
}
