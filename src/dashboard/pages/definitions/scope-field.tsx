import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import { visible } from '../format/names.ts'

interface ScopeFieldProps {
  readonly vhosts: readonly string[]
  readonly value: string
  readonly onVhost: (vhost: string) => void
}

/** The whole broker, or one virtual host of it. */
export function ScopeField({ vhosts, value, onVhost }: ScopeFieldProps): VNode {
  const id = useId()
  return (
    <p class="field">
      <label for={id}>Of</label>
      <select id={id} value={value} onChange={(event) => onVhost(event.currentTarget.value)}>
        <option value="">The whole broker</option>
        {vhosts.map((vhost) => (
          <option key={vhost} value={vhost}>
            {visible(vhost)}
          </option>
        ))}
      </select>
    </p>
  )
}
