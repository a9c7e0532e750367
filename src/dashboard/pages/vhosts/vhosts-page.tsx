import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, put } from '../api/client.ts'
import { type Readings, rateOf } from '../chart/readings.ts'
import { SelectField, TextField } from '../form/fields.tsx'
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

interface Vhost {
  readonly name: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly messages?: number
  readonly message_stats?: Readings
}

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

const QUEUE_TYPES = [
  ['', 'Not set'],
  ['classic', 'Classic'],
  ['quorum', 'Quorum'],
  ['stream', 'Stream'],
] as const

function AddVhost({ onAdded }: { readonly onAdded: () => void }): VNode {
  const add = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    const type = text(values, 'type')
    await put(path`/vhosts/${name}`, {
      description: text(values, 'description'),
      tags: text(values, 'tags'),
      ...(type === '' ? {} : { default_queue_type: type }),
    })
    onAdded()
    return `Virtual host ${visible(name)} is added, with permissions for you`
  }
  return (
    <Form label="Add a virtual host" submit="Add" onSubmit={add}>
      <TextField name="name" label="Name" isRequired />
      <TextField name="description" label="Description" />
      <TextField name="tags" label="Tags" hint="Separated by commas" />
      <SelectField name="type" label="Default type of queues" options={QUEUE_TYPES} />
    </Form>
  )
}
