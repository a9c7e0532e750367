import type { VNode } from 'preact'
import { path, post } from '../api/client.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { SelectField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { visible } from '../format/names.ts'

const KINDS = [
  ['q', 'Queue'],
  ['e', 'Exchange'],
] as const

interface BindFormProps {
  readonly vhost: string
  /** What is bound, from or to: the other end is filled in. */
  readonly from?: string
  readonly toQueue?: string
  readonly onBound: () => void
}

export function BindForm({ vhost, from, toQueue, onBound }: BindFormProps): VNode {
  const bind = async (values: FormData): Promise<string> => {
    const source = from ?? text(values, 'source')
    const kind = toQueue === undefined ? text(values, 'kind') : 'q'
    const destination = toQueue ?? text(values, 'destination')
    await post(path`/bindings/${vhost}/e/${source}/${kind}/${destination}`, {
      routing_key: text(values, 'routing_key'),
      arguments: argumentsIn(values),
    })
    onBound()
    return `${visible(destination)} is bound to ${visible(source)}`
  }
  return (
    <Form label="Add a binding" submit="Bind" onSubmit={bind}>
      {from === undefined && <TextField name="source" label="From exchange" isRequired />}
      {toQueue === undefined && (
        <>
          <SelectField name="kind" label="To" options={KINDS} />
          <TextField name="destination" label="Name" isRequired />
        </>
      )}
      <TextField name="routing_key" label="Routing key" />
      <ArgumentsField label="Arguments" choices={['x-match']} />
    </Form>
  )
}
