import type { VNode } from 'preact'
import { path, put, remove } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { NumberField, SelectField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { count } from '../format/figures.ts'
import { Card } from '../layout/card.tsx'
import { ConfirmButton } from '../layout/confirm-button.tsx'
import { Problem } from '../layout/problem.tsx'
import { type Column, Table } from '../list/table.tsx'
import type { Owner } from './shapes.ts'

type Limit = readonly [name: string, value: number]

/** How much a user, or a virtual host, may have open at a time. */
export function Limits({ of }: { readonly of: Owner }): VNode {
  const address = 'user' in of ? path`/user-limits/${of.user}` : path`/vhost-limits/${of.vhost}`
  const names = ['max-connections', 'user' in of ? 'max-channels' : 'max-queues']
  const { data, error, refresh } =
    usePolled<readonly { readonly value: Readonly<Record<string, number>> }[]>(address)
  const limits = (data ?? []).flatMap(({ value }) => Object.entries(value))
  const set = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    await put(`${address}${path`/${name}`}`, { value: Number(text(values, 'value')) })
    refresh()
    return `${name} is set`
  }
  const clear = async ([name]: Limit): Promise<void> => {
    await remove(`${address}${path`/${name}`}`)
    refresh()
  }
  return (
    <Card title="Limits">
      {error !== undefined && <Problem text={error.message} />}
      {limits.length === 0 ? (
        <p class="quiet">No limits</p>
      ) : (
        <Table
          caption="Limits"
          columns={columnsOf(clear)}
          items={limits}
          keyOf={([name]) => name}
        />
      )}
      <Form label="Set a limit" submit="Set limit" onSubmit={set}>
        <SelectField name="name" label="Limit" options={names} />
        <NumberField name="value" label="At most" isRequired />
      </Form>
    </Card>
  )
}

function columnsOf(clear: (limit: Limit) => Promise<void>): readonly Column<Limit>[] {
  return [
    { title: 'Limit', show: ([name]) => name },
    { title: 'At most', isFigure: true, show: ([, value]) => count(value) },
    {
      title: 'Action',
      show: (limit) => (
        <ConfirmButton
          label="Clear"
          question="Take this limit away?"
          onConfirm={() => clear(limit)}
        >
          <p>{limit[0]}</p>
        </ConfirmButton>
      ),
    },
  ]
}
