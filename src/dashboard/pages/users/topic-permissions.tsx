import type { VNode } from 'preact'
import { path, put, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { Problem } from '../layout/problem.tsx'
import { type Column, Table } from '../list/table.tsx'
import { type OtherEnd, otherEndOf, ownerAddress } from './owner.tsx'
import type { Owner, TopicPermission } from './shapes.ts'

/** Which routing keys somebody may use with topic exchanges. Without any, all. */
export function TopicPermissions({ of }: { readonly of: Owner }): VNode {
  const {
    data = [],
    error,
    refresh,
  } = usePolled<readonly TopicPermission[]>(`${ownerAddress(of)}/topic-permissions`)
  const other = otherEndOf(of)
  const set = async (values: FormData): Promise<string> => {
    const { user, vhost } = other.namesIn(values)
    await put(path`/topic-permissions/${vhost}/${user}`, {
      exchange: text(values, 'exchange'),
      write: text(values, 'write'),
      read: text(values, 'read'),
    })
    refresh()
    return `Topic permissions of ${visible(user)} in ${visible(vhost)} are set`
  }
  return (
    <Card title="Topic permissions">
      {error !== undefined && <Problem text={error.message} />}
      {data.length === 0 ? (
        <p class="quiet">No topic permissions: all routing keys are allowed</p>
      ) : (
        <Table
          caption="Topic permissions"
          columns={columnsOf(other, refresh)}
          items={data}
          keyOf={({ user, vhost, exchange }) => JSON.stringify([user, vhost, exchange])}
        />
      )}
      <Form label="Set topic permissions" submit="Set topic permissions" keeps onSubmit={set}>
        {other.field}
        <TextField name="exchange" label="Exchange" value="amq.topic" isRequired />
        <TextField name="write" label="Write" hint="A regular expression" value=".*" />
        <TextField name="read" label="Read" hint="A regular expression" value=".*" />
      </Form>
    </Card>
  )
}

function columnsOf(other: OtherEnd, onCleared: () => void): readonly Column<TopicPermission>[] {
  const clear = async ({ vhost, user, exchange }: TopicPermission): Promise<void> => {
    await remove(path`/topic-permissions/${vhost}/${user}/${exchange}`)
    onCleared()
  }
  return [
    { title: other.title, show: other.show },
    { title: 'Exchange', show: ({ exchange }) => visible(exchange) },
    { title: 'Write', show: ({ write }) => <code>{visible(write)}</code> },
    { title: 'Read', show: ({ read }) => <code>{visible(read)}</code> },
    {
      title: 'Action',
      show: (permission) => (
        <ConfirmButton
          label="Clear"
          question="Take these topic permissions away?"
          onConfirm={() => clear(permission)}
        >
          <p>
            From {visible(permission.user)} in {visible(permission.vhost)}, exchange{' '}
            {visible(permission.exchange)}
          </p>
        </ConfirmButton>
      ),
    },
  ]
}
