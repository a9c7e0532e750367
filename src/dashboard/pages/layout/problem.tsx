import type { VNode } from 'preact'

/** Why something is not shown, or was not done. */
export function Problem({ text }: { readonly text: string }): VNode {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  )
}
