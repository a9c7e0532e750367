import type { VNode } from 'preact'
import { CheckField, TextField } from '../form/fields.tsx'
import { text, texts } from '../form/values.ts'

const RIGHTS = ['administrator', 'monitoring', 'policymaker', 'management']

/** Tags: those that give rights here, and any others. */
export function TagsField({ tags = [] }: { readonly tags?: readonly string[] }): VNode {
  const others = tags.filter((tag) => !RIGHTS.includes(tag))
  return (
    <>
      <fieldset>
        <legend>Tags</legend>
        {RIGHTS.map((tag) => (
          <CheckField key={tag} name="tag" value={tag} label={tag} isChecked={tags.includes(tag)} />
        ))}
      </fieldset>
      <TextField
        name="other-tags"
        label="Other tags"
        hint="Separated by commas"
        value={others.join(', ')}
      />
    </>
  )
}

export function tagsIn(values: FormData): string[] {
  const others = text(values, 'other-tags').split(',')
  return [...texts(values, 'tag'), ...others.map((tag) => tag.trim()).filter((tag) => tag !== '')]
}
