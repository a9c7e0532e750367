import { closedByManagement } from '../../reasons.ts'
import { type Answer, found, list, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import { channelJson, channelName, consumerJson } from '../json/channel-json.ts'
import { connectionJson } from '../json/connection-json.ts'
import { channelPairsJson } from '../json/pairs-json.ts'
import {
  channelsOf,
  connectionOf,
  connectionsOf,
  consumersOf,
  type OpenChannel,
  type OpenConnection,
} from '../open-things.ts'
import { type Route, routes } from '../route.ts'

export const CONNECTIONS: readonly Route[] = routes(
  'management',
  {
    'GET /connections': (call) => shown(call, connectionsOf(call)),
    'GET /connections/:connection': (call) => found(shownOne(call, connectionOf(call))),
    'DELETE /connections/:connection': (call) => close(call, [connectionOf(call)]),
    'GET /connections/:connection/channels': (call) =>
      shownChannels(call, channelsOf([connectionOf(call)])),
    'GET /connections/username/:user': (call) => shown(call, ofUser(call)),
    'DELETE /connections/username/:user': (call) => close(call, ofUser(call)),
    'GET /vhosts/:vhost/connections': (call) => shown(call, ofVhost(call)),
  },
  { place: 'everywhere' },
)

export const CHANNELS: readonly Route[] = routes(
  'management',
  {
    'GET /channels': (call) => shownChannels(call, channelsOf(connectionsOf(call))),
    'GET /channels/:channel': (call) => {
      const name = call.param('channel')
      const { nodeName } = call.broker
      const open = channelsOf(connectionsOf(call)).find(
        ({ connection, channel }) => channelName(connection, channel) === name,
      )
      if (open === undefined) throw noSuchObject()
      return found({
        ...shownChannel(call, open),
        consumer_details: consumersOf([open]).map((one) => consumerJson(one, nodeName)),
        ...channelPairsJson(call, open.connection.session.vhost, open.channel),
      })
    },
    'GET /vhosts/:vhost/channels': (call) => shownChannels(call, channelsOf(ofVhost(call))),
  },
  { place: 'everywhere' },
)

export const CONSUMERS: readonly Route[] = routes(
  'management',
  {
    'GET /consumers': (call) => shownConsumers(call, connectionsOf(call)),
    'GET /consumers/:vhost': (call) => shownConsumers(call, ofVhost(call)),
  },
  { place: 'everywhere' },
)

function shownOne(call: Call, connection: OpenConnection): object {
  return { ...connectionJson(connection, call.broker.nodeName), ...call.statisticsOf(connection) }
}

function shown(call: Call, connections: readonly OpenConnection[]): Answer {
  return list(connections.map((connection) => shownOne(call, connection)))
}

function shownChannel(call: Call, { connection, channel }: OpenChannel): object {
  const json = channelJson(connection, channel, call.broker.nodeName)
  return { ...json, ...call.statisticsOf(channel) }
}

function shownChannels(call: Call, channels: readonly OpenChannel[]): Answer {
  return list(channels.map((channel) => shownChannel(call, channel)))
}

function shownConsumers({ broker }: Call, connections: readonly OpenConnection[]): Answer {
  const consumers = consumersOf(channelsOf(connections))
  return list(consumers.map((consumer) => consumerJson(consumer, broker.nodeName)))
}

function ofUser(call: Call): OpenConnection[] {
  const name = call.param('user')
  return connectionsOf(call).filter(({ session }) => session.user.name === name)
}

function ofVhost(call: Call): OpenConnection[] {
  const { vhost } = call
  return connectionsOf(call).filter(({ session }) => session.vhost === vhost)
}

/** Clients are told the reason that is given with the request. */
function close({ headers }: Call, connections: readonly OpenConnection[]): Answer {
  const given = headers['x-reason']
  const reason = typeof given === 'string' && given !== '' ? given : 'Closed via management plugin'
  for (const connection of connections) connection.shutDown(closedByManagement(reason))
  return NO_CONTENT
}
