import type { VNode } from 'preact'
import type { Json } from '../api/client.ts'
import { SelectField, TextField } from '../form/fields.tsx'
import { text } from '../form/values.ts'
import type { Vhost } from './shapes.ts'

const QUEUE_TYPES = [
  ['', 'Not set'],
  ['classic', 'Classic'],
  ['quorum', 'Quorum'],
  ['stream', 'Stream'],
] as const

/** What can be said of a virtual host. */
export function VhostFields({ vhost }: { readonly vhost?: Vhost }): VNode {
  const { description = '', tags = [], metadata } = vhost ?? {}
  return (
    <>
      <TextField name="description" label="Description" value={description} />
      <TextField name="tags" label="Tags" hint="Separated by commas" value={tags.join(', ')} />
      <SelectField
        name="type"
        label="Default type of queues"
        options={QUEUE_TYPES}
        value={metadata?.default_queue_type ?? ''}
      />
    </>
  )
}

export function settingsIn(values: FormData): Record<string, Json> {
  return {
    description: text(values, 'description'),
    tags: text(values, 'tags'),
    default_queue_type: text(values, 'type'),
  }
}
