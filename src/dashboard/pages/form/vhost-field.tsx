import type { VNode } from 'preact'
import { useVhosts } from '../api/use-vhosts.ts'
import { visible } from '../format/names.ts'
import { SelectField } from './fields.tsx'

/** The virtual host that something is to be in. */
export function VhostField({ value }: { readonly value?: string }): VNode {
  const vhosts = useVhosts()
  const options = vhosts.map((name) => [name, visible(name)] as const)
  const chosen = value ?? (vhosts.includes('/') ? '/' : vhosts[0])
  return (
    <SelectField
      name="vhost"
      label="Virtual host"
      options={options}
      {...(chosen === undefined ? {} : { value: chosen })}
    />
  )
}
