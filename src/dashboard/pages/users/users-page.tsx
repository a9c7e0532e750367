import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { path, put } from '../api/client.ts'
import { PasswordField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { UserLink } from '../layout/links.tsx'
import { Page } from '../layout/page.tsx'
import { PagedList } from '../list/paged-list.tsx'
import type { Column } from '../list/table.tsx'
import { useAddressedList } from '../list/use-list-state.ts'
import type { User } from './shapes.ts'
import { TagsField, tagsIn } from './tags-field.tsx'

const COLUMNS: readonly Column<User>[] = [
  { title: 'Name', sort: 'name', show: ({ name }) => <UserLink name={name} /> },
  { title: 'Tags', sort: 'tags', show: ({ tags }) => visible(tags.join(', ')) },
  {
    title: 'Password',
    show: ({ password_hash }) => (password_hash === '' ? 'none: cannot log in by one' : 'set'),
  },
]

export function UsersPage(): VNode {
  const listing = useAddressedList()
  const [version, setVersion] = useState(0)
  return (
    <Page title="Users">
      <PagedList
        what="users"
        base="/users"
        columns={COLUMNS}
        keyOf={({ name }) => name}
        listing={listing}
        filters={['name']}
        version={version}
      />
      <Card title="Add a user" isFolded>
        <AddUser onAdded={() => setVersion(version + 1)} />
      </Card>
    </Page>
  )
}

function AddUser({ onAdded }: { readonly onAdded: () => void }): VNode {
  const add = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    await put(path`/users/${name}`, { password: text(values, 'password'), tags: tagsIn(values) })
    onAdded()
    return `User ${visible(name)} is added, and has no permissions yet`
  }
  return (
    <Form label="Add a user" submit="Add" onSubmit={add}>
      <TextField name="name" label="Name" isRequired />
      <PasswordField name="password" label="Password" isRequired />
      <TagsField />
    </Form>
  )
}
