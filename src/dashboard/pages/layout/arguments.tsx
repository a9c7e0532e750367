import type { VNode } from 'preact'
import type { Json } from '../api/client.ts'
import { visible } from '../format/names.ts'
import { valueText } from '../format/values.ts'

type Table = Readonly<Record<string, Json>>

export const hasAny = (of: Table): boolean => Object.keys(of).length > 0

/** Arguments, headers, a policy's definition: short, on lines of their own. */
export function Arguments({ of }: { readonly of: Table }): VNode | null {
  const entries = Object.entries(of)
  if (entries.length === 0) return null
  return (
    <ul class="arguments">
      {entries.map(([name, value]) => (
        <li key={name}>
          <span class="argument">{visible(name)}</span>: {valueText(value)}
        </li>
      ))}
    </ul>
  )
}
