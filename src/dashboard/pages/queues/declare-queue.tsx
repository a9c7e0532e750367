import type { VNode } from 'preact'
import { path, put } from '../api/client.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { CheckField, SelectField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { flag, text } from '../form/values.ts'
import { VhostField } from '../form/vhost-field.tsx'
import { visible } from '../format/names.ts'

const TYPES = [
  ['', "The virtual host's default"],
  ['classic', 'Classic'],
  ['quorum', 'Quorum'],
  ['stream', 'Stream'],
] as const

const ARGUMENTS = [
  'x-message-ttl',
  'x-expires',
  'x-max-length',
  'x-max-length-bytes',
  'x-overflow',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-dead-letter-strategy',
  'x-max-priority',
  'x-single-active-consumer',
  'x-delivery-limit',
  'x-consumer-timeout',
  'x-max-age',
  'x-stream-max-segment-size-bytes',
]

interface DeclareQueueProps {
  /** To begin with; empty for any. */
  readonly vhost: string
  readonly onDeclared: () => void
}

export function DeclareQueue({ vhost, onDeclared }: DeclareQueueProps): VNode {
  const declare = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    const type = text(values, 'type')
    await put(path`/queues/${text(values, 'vhost')}/${name}`, {
      durable: flag(values, 'durable'),
      auto_delete: flag(values, 'auto_delete'),
      arguments: { ...(type === '' ? {} : { 'x-queue-type': type }), ...argumentsIn(values) },
    })
    onDeclared()
    return `Queue ${visible(name)} is declared`
  }
  return (
    <Form label="Declare a queue" submit="Declare" onSubmit={declare}>
      <VhostField value={vhost} />
      <TextField name="name" label="Name" isRequired />
      <SelectField name="type" label="Type" options={TYPES} />
      <fieldset>
        <legend>Features</legend>
        <CheckField name="durable" label="Durable" isChecked />
        <CheckField name="auto_delete" label="Auto-delete" />
      </fieldset>
      <ArgumentsField label="Arguments" choices={ARGUMENTS} />
    </Form>
  )
}
