import type { ChannelTableContext } from './channel-table.ts'
import type { ConnectionSettings } from './connection-settings.ts'
import type { Session } from './handshake.ts'

/** What a connection itself is to its channels. */
export type OwnContext = Pick<
  ChannelTableContext,
  'owner' | 'link' | 'output' | 'isMemoryShort' | 'wait'
>

/** What all channels of a connection are given. */
export function channelContext(
  { vhost, user, access, capabilities }: Session,
  settings: ConnectionSettings,
  own: OwnContext,
): ChannelTableContext {
  return {
    ...own,
    vhost,
    user,
    access,
    profile: settings.profile,
    messageLog: settings.messageLog,
    maxMessageSize: settings.maxMessageSizeBytes,
    consumersPerChannel: settings.consumerMaxPerChannel,
    consumerTimeoutMs: settings.consumerTimeoutMs,
    cancelNotify: capabilities.has('consumer_cancel_notify'),
    dispatch: settings.dispatch,
  }
}
