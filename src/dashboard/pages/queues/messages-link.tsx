import type { VNode } from 'preact'
import { boardAddressOf } from '../board-address.ts'
import { visible } from '../format/names.ts'

interface MessagesLinkProps {
  readonly vhost: string
  readonly name: string
  readonly children: string
}

/** To the queue's messages, which bull-board shows. */
export function MessagesLink({ vhost, name, children }: MessagesLinkProps): VNode {
  return (
    <a href={boardAddressOf(vhost, name)} aria-label={`Messages of ${visible(name)}`}>
      {children}
    </a>
  )
}
