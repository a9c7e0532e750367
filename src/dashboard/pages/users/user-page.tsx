import type { VNode } from 'preact'
import { path, put, remove } from '../api/client.ts'
import { type Polled, usePolled } from '../api/use-polled.ts'
import { PasswordField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { Facts } from '../layout/facts.tsx'
import { Gone } from '../layout/gone.tsx'
import { Page } from '../layout/page.tsx'
import type { PageProps } from '../page-props.ts'
import { addressOf } from '../routing.ts'
import { Limits } from './limits.tsx'
import { Permissions } from './permissions.tsx'
import type { User } from './shapes.ts'
import { TagsField, tagsIn } from './tags-field.tsx'
import { TopicPermissions } from './topic-permissions.tsx'

export function UserPage({ names: [name = ''] }: PageProps): VNode {
  const polled = usePolled<User>(path`/users/${name}`)
  const { data } = polled
  const act = async (): Promise<void> => {
    await remove(path`/users/${name}`)
    location.hash = addressOf('users')
  }
  return (
    <Page
      title={`User ${visible(name)}`}
      actions={
        data !== undefined && (
          <ConfirmButton label="Delete" question="Delete this user?" onConfirm={act}>
            <p>{visible(name)}, with all permissions. Connections of this user are closed.</p>
          </ConfirmButton>
        )
      }
    >
      <Gone what="user" polled={polled} />
      {data !== undefined && (
        <>
          <Card title="Details">
            <Facts
              facts={[
                ['Tags', visible(data.tags.join(', '))],
                ['Password', data.password_hash === '' ? 'none' : 'set'],
              ]}
            />
          </Card>
          <Permissions of={{ user: name }} />
          <TopicPermissions of={{ user: name }} />
          <Limits of={{ user: name }} />
          <Change user={data} polled={polled} />
        </>
      )}
    </Page>
  )
}

interface ChangeProps {
  readonly user: User
  readonly polled: Polled<User>
}

function Change({ user, polled }: ChangeProps): VNode {
  const { name, password_hash, hashing_algorithm, tags } = user
  const address = path`/users/${name}`
  const setTags = async (values: FormData): Promise<string> => {
    // What is not given is taken away: a user without it could not log in any more.
    await put(address, { password_hash, hashing_algorithm, tags: tagsIn(values) })
    polled.refresh()
    return 'The tags are set'
  }
  const setPassword = async (values: FormData): Promise<string> => {
    await put(address, { password: text(values, 'password'), tags })
    polled.refresh()
    return 'The password is set'
  }
  return (
    <div class="columns">
      <Card title="Change the tags">
        <Form key={tags.join()} label="Change the tags" submit="Set tags" keeps onSubmit={setTags}>
          <TagsField tags={tags} />
        </Form>
      </Card>
      <Card title="Change the password">
        <Form label="Change the password" submit="Set password" onSubmit={setPassword}>
          <PasswordField name="password" label="New password" isRequired />
        </Form>
      </Card>
    </div>
  )
}
