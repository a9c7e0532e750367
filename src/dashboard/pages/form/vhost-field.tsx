import type { VNode } from 'preact'
import { useVhosts } from '../api/use-vhosts.ts'
import { visible } from '../format/names.ts'
import { SelectField } from './fields.tsx'

/** The virtual host that something is to be in. */
interface VhostFieldProps {
  /** The one to begin with; `/` when nothing is said. */
  readonly value?: string
}

export function VhostField({ value = '' }: VhostFieldProps): VNode {
  const vhosts = useVhosts()
  const options = vhosts.map((name) => [name, visible(name)] as const)
  const chosen = value === '' ? '/' : value
  return (
    <SelectField name="vhost" label="Virtual host" options={options} isRequired value={chosen} />
  )
}
