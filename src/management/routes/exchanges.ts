import type { Exchange } from '../../exchange/exchange.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { type Answer, found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { declareExchange } from '../declaring.ts'
import { noSuchObject } from '../http-error.ts'
import { argumentsFrom } from '../json/arguments-json.ts'
import { bindingJson, defaultBinding, shownBinding } from '../json/binding-json.ts'
import { exchangeJson } from '../json/exchange-json.ts'
import { exchangePairsJson } from '../json/pairs-json.ts'
import { type Route, routes } from '../route.ts'

/** How the default exchange, which has no name, is addressed. */
const DEFAULT_EXCHANGE = 'amq.default'

/** What of an exchange each node knows for those of its own clients. */
const OF_CLIENTS = ['message_stats', 'incoming', 'outgoing']

export const EXCHANGES: readonly Route[] = [
  ...routes(
    'management',
    {
      'GET /exchanges': (call) =>
        list(call.visibleVhosts().flatMap((vhost) => shownAll(call, vhost))),
      'GET /exchanges/:vhost': (call) => list(shownAll(call, call.vhost)),
      'GET /exchanges/:vhost/:name': (call) => {
        const { vhost } = call
        const exchange = exchangeOf(call)
        return found({
          ...shown(call, vhost, exchange),
          ...exchangePairsJson(call, vhost, exchange),
        })
      },
    },
    { place: { together: OF_CLIENTS } },
  ),
  ...routes('management', {
    'PUT /exchanges/:vhost/:name': declare,
    'DELETE /exchanges/:vhost/:name': async (call) => {
      const { vhost, access, query } = call
      const { name } = exchangeOf(call)
      vhost.deleteExchange(name, query.get('if-unused') === 'true', access)
      await vhost.exchangeStored(name)
      return NO_CONTENT
    },
    'GET /exchanges/:vhost/:name/bindings/source': (call) => {
      const { vhost } = call
      const exchange = exchangeOf(call)
      const bindings =
        exchange.name === ''
          ? Array.from(vhost.queues.values(), ({ name }) => defaultBinding(name))
          : vhost.bindingsFrom(exchange).map(shownBinding)
      return list(bindings.map((binding) => bindingJson(vhost.name, binding)))
    },
    'GET /exchanges/:vhost/:name/bindings/destination': (call) => {
      const bindings = call.vhost.bindingsTo(exchangeOf(call)).map(shownBinding)
      return list(bindings.map((binding) => bindingJson(call.vhost.name, binding)))
    },
  }),
]

function shown(call: Call, vhost: Vhost, exchange: Exchange): object {
  return { ...exchangeJson(vhost, exchange), ...call.statisticsOf(exchange) }
}

function shownAll(call: Call, vhost: Vhost): object[] {
  return Array.from(vhost.exchanges.values(), (exchange) => shown(call, vhost, exchange))
}

async function declare(call: Call): Promise<Answer> {
  const { vhost, access, body } = call
  const name = exchangeName(call.param('name'))
  const isNew = vhost.exchanges.find(name) === undefined
  const properties = {
    type: body.has('type') ? body.text('type') : 'direct',
    durable: body.flag('durable'),
    autoDelete: body.flag('auto_delete'),
    internal: body.flag('internal'),
    arguments: argumentsFrom(body.object('arguments')),
  }
  await declareExchange(vhost, name, properties, access)
  return put(isNew)
}

export const exchangeName = (given: string): string => (given === DEFAULT_EXCHANGE ? '' : given)

/** The one that the path names. Throws 404, or what is given. */
export function exchangeOf(call: Call, missing: () => Error = noSuchObject): Exchange {
  const exchange = call.vhost.exchanges.find(exchangeName(call.param('name')))
  if (exchange === undefined) throw missing()
  return exchange
}
