import type { VNode } from 'preact'
import { type Json, path, post } from '../api/client.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { AreaField, NumberField, SelectField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { exchangeInPath } from '../format/names.ts'

interface PublishFormProps {
  readonly vhost: string
  readonly exchange: string
}

const MODES = [
  ['2', 'Persistent'],
  ['1', 'Transient'],
] as const

const ENCODINGS = [
  ['string', 'Text'],
  ['base64', 'Base64'],
] as const

const PROPERTIES: readonly (readonly [name: string, label: string])[] = [
  ['content_type', 'Content type'],
  ['correlation_id', 'Correlation ID'],
  ['reply_to', 'Reply to'],
  ['message_id', 'Message ID'],
  ['type', 'Type'],
  ['app_id', 'App ID'],
]

export function PublishForm({ vhost, exchange }: PublishFormProps): VNode {
  const publish = async (values: FormData): Promise<string> => {
    const address = path`/exchanges/${vhost}/${exchangeInPath(exchange)}/publish`
    const { routed } = await post<{ readonly routed: boolean }>(address, {
      routing_key: text(values, 'routing_key'),
      payload: text(values, 'payload'),
      payload_encoding: text(values, 'payload_encoding'),
      properties: propertiesIn(values),
    })
    return routed ? 'Published' : 'Published, and no queue got it'
  }
  return (
    <Form label="Publish a message" submit="Publish" keeps onSubmit={publish}>
      <TextField name="routing_key" label="Routing key" />
      <SelectField name="delivery_mode" label="Delivery mode" options={MODES} />
      <SelectField name="payload_encoding" label="Body is" options={ENCODINGS} />
      <AreaField name="payload" label="Body" />
      <ArgumentsField label="Headers" />
      <details class="wide">
        <summary>Properties</summary>
        <div class="fields">
          <NumberField name="priority" label="Priority" />
          <TextField name="expiration" label="Expiration" hint="Milliseconds" />
          {PROPERTIES.map(([name, label]) => (
            <TextField key={name} name={name} label={label} />
          ))}
        </div>
      </details>
    </Form>
  )
}

/** Those that were filled in. */
function propertiesIn(values: FormData): Record<string, Json> {
  const texts = ['expiration', ...PROPERTIES.map(([name]) => name)]
  const given = texts.map((name) => [name, text(values, name)]).filter(([, value]) => value !== '')
  const headers = argumentsIn(values)
  const priority = text(values, 'priority')
  return {
    ...Object.fromEntries(given),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(priority === '' ? {} : { priority: Number(priority) }),
    delivery_mode: Number(text(values, 'delivery_mode')),
  }
}
