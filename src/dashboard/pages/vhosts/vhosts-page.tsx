import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, put } from '../api/client.ts'
import { rateOf } from '../chart/readings.ts'
import { TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { count, rate } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { VhostLink } from '../layout/links.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import { useMay } from '../session.ts'
import type { Vhost } from './shapes.ts'
import { settingsIn, VhostFields } from './vhost-fields.tsx'

const COLUMNS: readonly Column<Vhost>[] = [
  { title: 'Name', sort: 'name', show: ({ name }) => <VhostLink name={name} /> },
  {
    title: 'Description',
    sort: 'description',
    show: ({ description }) => visible(description ?? ''),
  },
  { title: 'Tags', show: ({ tags }) => visible((tags ?? []).join(', ')) },
  {
    title: 'Messages',
    sort: 'messages',
    isFigure: true,
    show: ({ messages }) => count(messages ?? 0),
  },
  {
    title: 'Publish',
    sort: 'message_stats.publish_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'publish')),
  },
  {
    title: 'Deliver and get',
    sort: 'message_stats.deliver_get_details.rate',
    isFigure: true,
    show: ({ message_stats }) => rate(rateOf(message_stats, 'deliver_get')),
  },
]

export function VhostsPage(): VNode {
  const listing = useAddressedList()
  const [version, setVersion] = useState(0)
  const isAdministrator = useMay('administrator')
  return (
    <Page title="Virtual hosts">
      <PagedList
        what="virtual hosts"
        base="/vhosts"
        columns={COLUMNS}
        keyOf={({ name }) => name}
        listing={listing}
        filters={['name']}
        version={version}
      />
      {isAdministrator && (
        <Card title="Add a virtual host" isFolded>
          <AddVhost onAdded={() => setVersion(version + 1)} />
        </Card>
      )}
    </Page>
  )
}

function AddVhost({ onAdded }: { readonly onAdded: () => void }): VNode {
  const add = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    await put(path`/vhosts/${name}`, settingsIn(values))
    onAdded()
    return `Virtual host ${visible(name)} is added, with permissions for you`
  }
  return (
    <Form label="Add a virtual host" submit="Add" onSubmit={add}>
      <TextField name="name" label="Name" isRequired />
      <VhostFields />
    </Form>
  )
}
