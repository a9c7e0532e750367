import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface PageProps {
  readonly title: string
  /** What can be done with the thing as a whole. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** A page below the header. Who comes to it by keyboard is at its title, and is told of it. */
export function Page({ title, actions, children }: PageProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – Leveret`
    heading.current?.focus({ preventScroll: true })
  }, [title])
  return (
    <>
      <div class="title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </>
  )
}
