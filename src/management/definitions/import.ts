import type { Administration } from '../../administration/administration.ts'
import { noVhost } from '../../administration/administration-error.ts'
import type { Vhost } from '../../vhost/vhost.ts'
import { declareExchange, declareQueue } from '../declaring.ts'
import { badRequest, HttpError, httpErrorOf } from '../http-error.ts'
import { argumentsFrom } from '../json/arguments-json.ts'
import { JsonBody } from '../json-body.ts'
import { passwordIn } from '../password-in.ts'
import { putPolicy } from '../put-policy.ts'
import { vhostSettings } from '../vhost-settings.ts'

/** The sections of a document in the order in which each finds what it needs. */
const SECTIONS = [
  ['users', importUser],
  ['vhosts', importVhost],
  ['permissions', importPermission],
  ['exchanges', importExchange],
  ['topic_permissions', importTopicPermission],
  ['global_parameters', importGlobalParameter],
  ['policies', importPolicy],
  ['parameters', importParameter],
  ['queues', importQueue],
  ['bindings', importBinding],
] as const

/** Those of a virtual host's own. */
const VHOST_SECTIONS: readonly string[] = [
  'exchanges',
  'policies',
  'parameters',
  'queues',
  'bindings',
]

interface Import {
  readonly administration: Administration
  /** Where everything goes; by default where each thing says. */
  readonly vhost: string | undefined
}

/**
 * Takes a document of definitions, as RabbitMQ writes it: what is there already stays, and is brought
 * into agreement where it can be changed. Resolves when all of it is stored. Throws 400 and names the
 * first thing that cannot be; the sections before that, and the rest of its own, have been taken.
 */
export async function importDefinitions(
  administration: Administration,
  document: JsonBody,
  vhost?: string,
): Promise<void> {
  for (const [section, take] of SECTIONS) {
    if (vhost !== undefined && !VHOST_SECTIONS.includes(section)) continue
    const items = document.objects(section)
    // All that one section changes is stored together.
    const stored = items.map((item) => take({ administration, vhost }, item))
    const outcomes = await Promise.allSettled(stored)
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') continue
      throw named(section, items[index], outcome.reason)
    }
  }
}

/** With the thing that it is about. */
function named(section: string, item: JsonBody | undefined, error: unknown): unknown {
  const reason = httpErrorOf(error)
  if (reason === undefined) return error
  const name = item?.find('name') ?? item?.find('user') ?? item?.find('destination')
  const where = typeof name === 'string' ? `${section}, '${name}'` : section
  return new HttpError(400, 'bad_request', `${where}: ${reason.message}`)
}

async function importUser({ administration }: Import, item: JsonBody): Promise<void> {
  const { users, userLimits } = administration
  const name = item.text('name')
  await users.put(name, { ...passwordIn(item), tags: item.words('tags') })
  const limits = item.object('limits') as Readonly<Record<string, number>>
  if (Object.keys(limits).length > 0) await userLimits.put(name, limits)
}

async function importVhost({ administration }: Import, item: JsonBody): Promise<void> {
  await administration.vhosts.put(item.text('name'), vhostSettings(item))
}

async function importPermission({ administration }: Import, item: JsonBody): Promise<void> {
  const [user, vhost] = [item.text('user'), item.text('vhost')]
  const [configure, write, read] = [item.text('configure'), item.text('write'), item.text('read')]
  await administration.permissions.put({ user, vhost, configure, write, read })
}

async function importTopicPermission({ administration }: Import, item: JsonBody): Promise<void> {
  const [user, vhost, exchange] = [item.text('user'), item.text('vhost'), item.text('exchange')]
  const [write, read] = [item.text('write'), item.text('read')]
  await administration.topicPermissions.put({ user, vhost, exchange, write, read })
}

async function importGlobalParameter({ administration }: Import, item: JsonBody): Promise<void> {
  await administration.globalParameters.put(item.text('name'), item.get('value'))
}

async function importPolicy(to: Import, item: JsonBody): Promise<void> {
  await putPolicy(to.administration.policies, vhostName(to, item), item.text('name'), item)
}

/** Operators' policies are among the parameters. */
async function importParameter(to: Import, item: JsonBody): Promise<void> {
  const { parameters, operatorPolicies } = to.administration
  const [vhost, component, name] = [vhostName(to, item), item.text('component'), item.text('name')]
  if (component === 'operator_policy') {
    await putPolicy(operatorPolicies, vhost, name, JsonBody.of(item.object('value')))
  } else {
    await parameters.put({ component, vhost, name, value: item.get('value') })
  }
}

async function importExchange(to: Import, item: JsonBody): Promise<void> {
  const vhost = vhostOf(to, item)
  const name = item.text('name')
  const properties = {
    type: item.text('type'),
    durable: item.flag('durable'),
    autoDelete: item.flag('auto_delete'),
    internal: item.flag('internal'),
    arguments: argumentsFrom(item.object('arguments')),
  }
  await declareExchange(vhost, name, properties)
}

async function importQueue(to: Import, item: JsonBody): Promise<void> {
  const vhost = vhostOf(to, item)
  const name = item.text('name')
  if (isGenerated(name)) return
  const properties = {
    durable: item.flag('durable'),
    autoDelete: item.flag('auto_delete'),
    exclusiveOwner: null,
    arguments: argumentsFrom(item.object('arguments')),
  }
  await declareQueue(vhost, name, properties, to)
}

async function importBinding(to: Import, item: JsonBody): Promise<void> {
  const vhost = vhostOf(to, item)
  const kind = item.text('destination_type')
  if (kind !== 'queue' && kind !== 'exchange') throw badRequest(`unknown destination_type: ${kind}`)
  const request = {
    source: item.text('source'),
    kind: kind as 'queue' | 'exchange',
    destination: item.text('destination'),
    routingKey: item.text('routing_key'),
    arguments: argumentsFrom(item.object('arguments')),
  }
  if (request.source === '' || (kind === 'queue' && isGenerated(request.destination))) return
  vhost.bind(request, to)
  await vhost.bindingStored(request)
}

/** A queue with a name that a broker made up: its client will ask for another one. */
const isGenerated = (queue: string): boolean => queue.startsWith('amq.')

function vhostName({ vhost }: Import, item: JsonBody): string {
  return vhost ?? item.text('vhost')
}

/** Throws when it is not there. */
function vhostOf(to: Import, item: JsonBody): Vhost {
  const name = vhostName(to, item)
  const vhost = to.administration.findVhost(name)
  if (vhost === undefined) throw noVhost(name)
  return vhost
}
