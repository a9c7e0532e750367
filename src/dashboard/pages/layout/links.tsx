// Links to things, under their names.

import type { VNode } from 'preact'
import { exchangeInPath, exchangeTitle, visible } from '../format/names.ts'
import { addressOf } from '../routing.ts'

interface InVhost {
  readonly vhost: string
  readonly name: string
}

export const QueueLink = ({ vhost, name }: InVhost): VNode => (
  <a href={addressOf('queues', [vhost, name])}>{visible(name)}</a>
)

export const ExchangeLink = ({ vhost, name }: InVhost): VNode => (
  <a href={addressOf('exchanges', [vhost, exchangeInPath(name)])}>{exchangeTitle(name)}</a>
)

interface Named {
  readonly name: string
  readonly children?: string
}

export const ConnectionLink = ({ name, children }: Named): VNode => (
  <a href={addressOf('connections', [name])}>{children ?? visible(name)}</a>
)

export const ChannelLink = ({ name, children }: Named): VNode => (
  <a href={addressOf('channels', [name])}>{children ?? visible(name)}</a>
)

export const UserLink = ({ name }: Named): VNode => (
  <a href={addressOf('users', [name])}>{visible(name)}</a>
)

export const VhostLink = ({ name }: Named): VNode => (
  <a href={addressOf('vhosts', [name])}>{visible(name)}</a>
)
