import type { VNode } from 'preact'
import { boardAddressOf } from '../board-address.ts'

interface MessagesLinkProps {
  readonly vhost: string
  readonly name: string
  readonly children: string
  /** Where what is shown does not say enough by itself. */
  readonly label?: string
}

/** To the queue's messages, which bull-board shows. */
export function MessagesLink({ vhost, name, children, label }: MessagesLinkProps): VNode {
  return (
    <a href={boardAddressOf(vhost, name)} aria-label={label}>
      {children}
    </a>
  )
}
