import type { VNode } from 'preact'
import { path, put } from '../api/client.ts'
import { usePolled } from '../api/use-polled.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { CheckField, SelectField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { flag, text } from '../form/values.ts'
import { VhostField } from '../form/vhost-field.tsx'
import { visible } from '../format/names.ts'

const ARGUMENTS = ['alternate-exchange', 'x-delayed-type', 'hash-header', 'x-recent-history-length']

const HOURLY_MS = 3_600_000

/** The types that there are: the broker says. */
function useTypes(): readonly string[] {
  const { data } = usePolled<{ readonly exchange_types: readonly { readonly name: string }[] }>(
    '/overview?columns=exchange_types',
    HOURLY_MS,
  )
  return (data?.exchange_types ?? [{ name: 'direct' }]).map(({ name }) => name)
}

interface DeclareExchangeProps {
  /** To begin with; empty for any. */
  readonly vhost: string
  readonly onDeclared: () => void
}

export function DeclareExchange({ vhost, onDeclared }: DeclareExchangeProps): VNode {
  const types = useTypes()
  const declare = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    await put(path`/exchanges/${text(values, 'vhost')}/${name}`, {
      type: text(values, 'type'),
      durable: flag(values, 'durable'),
      auto_delete: flag(values, 'auto_delete'),
      internal: flag(values, 'internal'),
      arguments: argumentsIn(values),
    })
    onDeclared()
    return `Exchange ${visible(name)} is declared`
  }
  return (
    <Form label="Declare an exchange" submit="Declare" onSubmit={declare}>
      <VhostField value={vhost} />
      <TextField name="name" label="Name" isRequired />
      <SelectField name="type" label="Type" options={types} value="direct" />
      <fieldset>
        <legend>Features</legend>
        <CheckField name="durable" label="Durable" isChecked />
        <CheckField name="auto_delete" label="Auto-delete" />
        <CheckField name="internal" label="Internal" />
      </fieldset>
      <ArgumentsField label="Arguments" choices={ARGUMENTS} />
    </Form>
  )
}
