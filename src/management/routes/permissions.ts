import type { Vhost } from '../../vhost/vhost.ts'
import { found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, noSuchObject } from '../http-error.ts'
import { permissionJson, topicPermissionJson } from '../json/entities.ts'
import { type Route, routes } from '../route.ts'

const PERMISSIONS_OF_USERS: readonly Route[] = routes('administrator', {
  'GET /permissions': ({ broker }) =>
    list(broker.administration.permissions.list().map(permissionJson)),
  'GET /permissions/:vhost/:user': (call) => {
    const permission = permissionOf(call)
    if (permission === undefined) throw noSuchObject()
    return found(permissionJson(permission))
  },
  'PUT /permissions/:vhost/:user': async (call) => {
    const { body } = call
    const names = namesFor(call)
    body.require('configure', 'write', 'read')
    const isNew = permissionOf(call) === undefined
    await call.broker.administration.permissions.put({
      ...names,
      configure: body.text('configure'),
      write: body.text('write'),
      read: body.text('read'),
    })
    return put(isNew)
  },
  'DELETE /permissions/:vhost/:user': async (call) => {
    const permission = permissionOf(call)
    if (permission === undefined) throw noSuchObject()
    await call.broker.administration.permissions.delete(permission.user, permission.vhost)
    return NO_CONTENT
  },
})

const TOPIC_PERMISSIONS: readonly Route[] = routes('administrator', {
  'GET /topic-permissions': ({ broker }) =>
    list(broker.administration.topicPermissions.list().map(topicPermissionJson)),
  'GET /topic-permissions/:vhost/:user': (call) => {
    const theirs = topicPermissionsOf(call)
    if (theirs.length === 0) throw noSuchObject()
    return list(theirs.map(topicPermissionJson))
  },
  'PUT /topic-permissions/:vhost/:user': async (call) => {
    const { body } = call
    const names = namesFor(call)
    body.require('exchange', 'write', 'read')
    const exchange = body.text('exchange')
    const isNew = topicPermissionsOf(call).every((one) => one.exchange !== exchange)
    const [write, read] = [body.text('write'), body.text('read')]
    await call.broker.administration.topicPermissions.put({ ...names, exchange, write, read })
    return put(isNew)
  },
  'DELETE /topic-permissions/:vhost/:user': async (call) => {
    if (topicPermissionsOf(call).length === 0) throw noSuchObject()
    const { user, vhost } = namesOf(call)
    await call.broker.administration.topicPermissions.delete(user, vhost)
    return NO_CONTENT
  },
  'GET /topic-permissions/:vhost/:user/:exchange': (call) => {
    const permission = topicPermissionsOf(call).find(isOfExchange(call))
    if (permission === undefined) throw noSuchObject()
    return found(topicPermissionJson(permission))
  },
  'DELETE /topic-permissions/:vhost/:user/:exchange': async (call) => {
    if (!topicPermissionsOf(call).some(isOfExchange(call))) throw noSuchObject()
    const { user, vhost } = namesOf(call)
    const { topicPermissions } = call.broker.administration
    await topicPermissions.delete(user, vhost, call.param('exchange'))
    return NO_CONTENT
  },
})

const OF_VHOST: readonly Route[] = routes('administrator', {
  'GET /vhosts/:vhost/permissions': ({ broker, vhost }) =>
    list(broker.administration.permissions.list().filter(isIn(vhost)).map(permissionJson)),
  'GET /vhosts/:vhost/topic-permissions': ({ broker, vhost }) => {
    const { topicPermissions } = broker.administration
    return list(topicPermissions.list().filter(isIn(vhost)).map(topicPermissionJson))
  },
})

export const PERMISSIONS: readonly Route[] = [
  ...PERMISSIONS_OF_USERS,
  ...TOPIC_PERMISSIONS,
  ...OF_VHOST,
]

interface Names {
  readonly user: string
  readonly vhost: string
}

const namesOf = (call: Call): Names => ({ user: call.param('user'), vhost: call.param('vhost') })

/** Of a user who is there. Throws 400. */
function namesFor(call: Call): Names {
  const names = namesOf(call)
  if (call.broker.administration.users.find(names.user) === undefined) {
    throw badRequest('vhost_or_user_not_found')
  }
  return names
}

function permissionOf(call: Call) {
  const { user, vhost } = namesOf(call)
  return call.broker.administration.permissions.find(user, vhost)
}

function topicPermissionsOf(call: Call) {
  const { user, vhost } = namesOf(call)
  const all = call.broker.administration.topicPermissions.list()
  return all.filter((one) => one.user === user && one.vhost === vhost)
}

function isOfExchange(call: Call): (permission: { readonly exchange: string }) => boolean {
  const name = call.param('exchange')
  return ({ exchange }) => exchange === name
}

const isIn =
  ({ name }: Vhost) =>
  ({ vhost }: { readonly vhost: string }): boolean =>
    vhost === name
