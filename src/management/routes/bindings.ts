import type { BindingRequest } from '../../vhost/binding-resolver.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { type Answer, found, list, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import { argumentsFrom } from '../json/arguments-json.ts'
import {
  bindingJson,
  defaultBinding,
  hasPropertiesKey,
  propertiesKey,
  type ShownBinding,
  shownBinding,
} from '../json/binding-json.ts'
import { type Route, routes } from '../route.ts'
import { exchangeName } from './exchanges.ts'

type Kind = BindingRequest['kind']

export const BINDINGS: readonly Route[] = routes('management', {
  'GET /bindings': (call) => list(call.visibleVhosts().flatMap(shownAll)),
  'GET /bindings/:vhost': ({ vhost }) => list(shownAll(vhost)),
  'GET /bindings/:vhost/e/:source/q/:destination': (call) => between(call, 'queue'),
  'POST /bindings/:vhost/e/:source/q/:destination': (call) => bind(call, 'queue'),
  'GET /bindings/:vhost/e/:source/q/:destination/:key': (call) => get(call, 'queue'),
  'DELETE /bindings/:vhost/e/:source/q/:destination/:key': (call) => unbind(call, 'queue'),
  'GET /bindings/:vhost/e/:source/e/:destination': (call) => between(call, 'exchange'),
  'POST /bindings/:vhost/e/:source/e/:destination': (call) => bind(call, 'exchange'),
  'GET /bindings/:vhost/e/:source/e/:destination/:key': (call) => get(call, 'exchange'),
  'DELETE /bindings/:vhost/e/:source/e/:destination/:key': (call) => unbind(call, 'exchange'),
})

function allOf(vhost: Vhost): ShownBinding[] {
  const queues = Array.from(vhost.queues.values(), ({ name }) => defaultBinding(name))
  return [...queues, ...Array.from(vhost.bindings, shownBinding)]
}

const shownAll = (vhost: Vhost): object[] =>
  allOf(vhost).map((binding) => bindingJson(vhost.name, binding))

/** All from the one to the other, if there are any. */
function bindingsOf(call: Call, kind: Kind): ShownBinding[] {
  const { vhost } = call
  const source = exchangeName(call.param('source'))
  const name = destinationName(call, kind)
  const destination = kind === 'queue' ? vhost.queues.find(name) : vhost.exchanges.find(name)
  if (destination === undefined) return []
  if (source === '') return kind === 'queue' ? [defaultBinding(name)] : []
  return vhost
    .bindingsTo(destination)
    .map(shownBinding)
    .filter((binding) => binding.source === source)
}

function destinationName(call: Call, kind: Kind): string {
  const given = call.param('destination')
  return kind === 'queue' ? given : exchangeName(given)
}

function between(call: Call, kind: Kind): Answer {
  const bindings = bindingsOf(call, kind)
  return list(bindings.map((binding) => bindingJson(call.vhost.name, binding)))
}

function get(call: Call, kind: Kind): Answer {
  return found(bindingJson(call.vhost.name, bindingOf(call, kind)))
}

/** Throws 404. */
function bindingOf(call: Call, kind: Kind): ShownBinding {
  const key = call.param('key')
  const binding = bindingsOf(call, kind).find((one) => hasPropertiesKey(one, key))
  if (binding === undefined) throw noSuchObject()
  return binding
}

async function bind(call: Call, kind: Kind): Promise<Answer> {
  const { vhost, owner, access, body } = call
  const request = {
    source: exchangeName(call.param('source')),
    kind,
    destination: destinationName(call, kind),
    routingKey: body.has('routing_key') ? body.text('routing_key') : '',
    arguments: argumentsFrom(body.object('arguments')),
  }
  vhost.bind(request, owner, access)
  await vhost.bindingStored(request)
  // Relative to the address of the request, and encoded once more: the key is a name in it.
  const parts = [call.param('destination'), propertiesKey(request)]
  return { status: 201, headers: { location: parts.map(encodeURIComponent).join('/') } }
}

async function unbind(call: Call, kind: Kind): Promise<Answer> {
  const { vhost, owner, access } = call
  const request = { ...bindingOf(call, kind) }
  vhost.unbind(request, owner, access)
  await vhost.bindingStored(request)
  return NO_CONTENT
}
