import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import { useVhosts } from '../api/use-vhosts.ts'
import { visible } from '../format/names.ts'

interface VhostFilterProps {
  readonly value: string
  readonly onVhost: (vhost: string) => void
}

/** Nothing to choose from, nothing to show. */
export function VhostFilter({ value, onVhost }: VhostFilterProps): VNode | null {
  const id = useId()
  const vhosts = useVhosts()
  if (vhosts.length < 2 && value === '') return null
  return (
    <span class="search">
      <label for={id}>Virtual host</label>
      <select id={id} value={value} onChange={(event) => onVhost(event.currentTarget.value)}>
        <option value="">All</option>
        {vhosts.map((vhost) => (
          <option key={vhost} value={vhost}>
            {visible(vhost)}
          </option>
        ))}
      </select>
    </span>
  )
}
