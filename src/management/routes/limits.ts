import { list, NO_CONTENT } from '../answer.ts'
import type { Call } from '../call.ts'
import { noSuchObject } from '../http-error.ts'
import { limitsJson } from '../json/entities.ts'
import { type Route, routes } from '../route.ts'

const OF_VHOSTS: readonly Route[] = [
  ...routes('management', {
    'GET /vhost-limits': (call) => {
      const visible = new Set(call.visibleVhosts().map(({ name }) => name))
      const all = [...call.broker.administration.vhostLimits.list()]
      const shown = all.filter(([vhost, limits]) => visible.has(vhost) && limits.size > 0)
      return list(shown.map(([vhost, limits]) => limitsJson('vhost', vhost, limits)))
    },
    'GET /vhost-limits/:vhost': ({ broker, vhost: { name } }) => {
      const limits = broker.administration.vhostLimits.get(name)
      return list(limits.size === 0 ? [] : [limitsJson('vhost', name, limits)])
    },
  }),
  ...routes('administrator', {
    'PUT /vhost-limits/:vhost/:name': async (call) => {
      const { vhostLimits } = call.broker.administration
      await vhostLimits.put(call.vhost.name, givenLimit(call))
      return NO_CONTENT
    },
    'DELETE /vhost-limits/:vhost/:name': async (call) => {
      const { vhostLimits } = call.broker.administration
      await vhostLimits.delete(call.vhost.name, call.param('name'))
      return NO_CONTENT
    },
  }),
]

const OF_USERS: readonly Route[] = routes('administrator', {
  'GET /user-limits': ({ broker }) => {
    const all = [...broker.administration.userLimits.list()]
    return list(all.map(([user, limits]) => limitsJson('user', user, limits)))
  },
  'GET /user-limits/:user': (call) => {
    const name = userOf(call)
    const limits = call.broker.administration.userLimits.get(name)
    return list(limits.size === 0 ? [] : [limitsJson('user', name, limits)])
  },
  'PUT /user-limits/:user/:name': async (call) => {
    await call.broker.administration.userLimits.put(userOf(call), givenLimit(call))
    return NO_CONTENT
  },
  'DELETE /user-limits/:user/:name': async (call) => {
    await call.broker.administration.userLimits.delete(userOf(call), call.param('name'))
    return NO_CONTENT
  },
})

export const LIMITS: readonly Route[] = [...OF_VHOSTS, ...OF_USERS]

/** Whether it may be a limit is for those to say who keep it. */
function givenLimit(call: Call): Readonly<Record<string, number>> {
  return { [call.param('name')]: call.body.get('value') as number }
}

/** Throws 404. */
function userOf(call: Call): string {
  const name = call.param('user')
  if (call.broker.administration.users.find(name) === undefined) throw noSuchObject()
  return name
}
