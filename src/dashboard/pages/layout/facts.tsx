import type { ComponentChildren, VNode } from 'preact'

export type Fact = readonly [name: string, value: ComponentChildren]

/** What is known of one thing: names and values. Facts without a value are left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): VNode {
  const known = facts.filter(([, value]) => value !== undefined && value !== '' && value !== false)
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
