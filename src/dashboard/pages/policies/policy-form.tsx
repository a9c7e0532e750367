import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { path, put } from '../api/client.ts'
import { ArgumentsField, argumentsIn } from '../form/arguments-field.tsx'
import { NumberField, SelectField, TextField } from '../form/fields.tsx'
import { Form } from '../form/form.tsx'
import { text } from '../form/values.ts'
import { VhostField } from '../form/vhost-field.tsx'
import { visible } from '../format/names.ts'
import type { Policy, PolicyKind } from './shapes.ts'

interface PolicyFormProps {
  readonly kind: PolicyKind
  /** The one to begin with. */
  readonly edited: Policy | undefined
  readonly onSet: () => void
  /** Nothing is to be changed after all. */
  readonly onCancel: () => void
}

/** Sets a policy: a new one, or one that is there, by its name. */
export function PolicyForm({ kind, edited, onSet, onCancel }: PolicyFormProps): VNode {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (edited !== undefined) details.current?.querySelector<HTMLElement>('select')?.focus()
  }, [edited])
  const singular = kind.title.toLowerCase().replace(/ies$/, 'y')
  const set = async (values: FormData): Promise<string> => {
    const name = text(values, 'name')
    await put(`/${kind.collection}${path`/${text(values, 'vhost')}/${name}`}`, {
      pattern: text(values, 'pattern'),
      'apply-to': text(values, 'apply-to'),
      priority: Number(text(values, 'priority')),
      definition: argumentsIn(values),
    })
    onSet()
    return `${visible(name)} is set`
  }
  return (
    <details ref={details} open={edited !== undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is one that is not static. */}
      <summary
        onClick={(event) => {
          if (edited === undefined) return
          // At once: when the browser tells that it has closed it, somebody may have opened it again.
          event.preventDefault()
          onCancel()
        }}
      >
        {edited === undefined ? `Add ${singular}` : `Edit ${visible(edited.name)}`}
      </summary>
      <Form
        key={edited === undefined ? '' : JSON.stringify([edited.vhost, edited.name])}
        label={`Set ${singular}`}
        submit={`Set ${singular}`}
        onSubmit={set}
      >
        <VhostField {...(edited === undefined ? {} : { value: edited.vhost })} />
        <TextField name="name" label="Name" value={edited?.name ?? ''} isRequired />
        <TextField
          name="pattern"
          label="Pattern"
          hint="A regular expression of names"
          value={edited?.pattern ?? ''}
          isRequired
        />
        <SelectField
          name="apply-to"
          label="Applies to"
          options={kind.applyTo}
          {...(edited === undefined ? {} : { value: edited['apply-to'] })}
        />
        <NumberField name="priority" label="Priority" value={String(edited?.priority ?? 0)} />
        <ArgumentsField label="Definition" choices={kind.keys} value={edited?.definition ?? {}} />
      </Form>
    </details>
  )
}
