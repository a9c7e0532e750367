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
import type { Owner, Permission } from './shapes.ts'

/** What somebody may do in virtual hosts, or who may do something in one. */
export function Permissions({ of }: { readonly of: Owner }): VNode {
  const {
    data = [],
    error,
    refresh,
  } = usePolled<readonly Permission[]>(`${ownerAddress(of)}/permissions`)
  const other = otherEndOf(of)
  const set = async (values: FormData): Promise<string> => {
    const { user, vhost } = other.namesIn(values)
    const [configure, write, read] = ['configure', 'write', 'read'].map((name) =>
      text(values, name),
    ) as [string, string, string]
    await put(path`/permissions/${vhost}/${user}`, { configure, write, read })
    refresh()
    return `Permissions of ${visible(user)} in ${visible(vhost)} are set`
  }
  return (
    <Card title="Permissions">
      {error !== undefined && <Problem text={error.message} />}
      {data.length === 0 ? (
        <p class="quiet">No permissions</p>
      ) : (
        <Table
          caption="Permissions"
          columns={columnsOf(other, refresh)}
          items={data}
          keyOf={({ user, vhost }) => JSON.stringify([user, vhost])}
        />
      )}
      <Form label="Set permissions" submit="Set permissions" keeps onSubmit={set}>
        {other.field}
        <TextField name="configure" label="Configure" hint="A regular expression" value=".*" />
        <TextField name="write" label="Write" hint="A regular expression" value=".*" />
        <TextField name="read" label="Read" hint="A regular expression" value=".*" />
      </Form>
    </Card>
  )
}

function columnsOf(other: OtherEnd, onCleared: () => void): readonly Column<Permission>[] {
  const clear = async ({ vhost, user }: Permission): Promise<void> => {
    await remove(path`/permissions/${vhost}/${user}`)
    onCleared()
  }
  return [
    { title: other.title, show: other.show },
    { title: 'Configure', show: ({ configure }) => <code>{visible(configure)}</code> },
    { title: 'Write', show: ({ write }) => <code>{visible(write)}</code> },
    { title: 'Read', show: ({ read }) => <code>{visible(read)}</code> },
    {
      title: 'Action',
      show: (permission) => (
        <ConfirmButton
          label="Clear"
          question="Take these permissions away?"
          onConfirm={() => clear(permission)}
        >
          <p>
            From {visible(permission.user)} in {visible(permission.vhost)}
          </p>
        </ConfirmButton>
      ),
    },
  ]
}
