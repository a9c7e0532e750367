import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  readonly title: string
  readonly children: ComponentChildren
  /** What one has to ask for: it is folded until then. */
  readonly isFolded?: boolean
}

/** A part of a page, with a title. */
export function Card({ title, children, isFolded }: CardProps): VNode {
  const id = useId()
  if (isFolded) {
    return (
      <details class="card">
        <summary>
          <h2>{title}</h2>
        </summary>
        {children}
      </details>
    )
  }
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}
