import type { UserDefinition } from '../../definitions/definition.ts'
import { found, list, NO_CONTENT, put } from '../answer.ts'
import type { Call } from '../call.ts'
import { badRequest, noSuchObject } from '../http-error.ts'
import { permissionJson, topicPermissionJson, userJson } from '../json/entities.ts'
import { passwordIn } from '../password-in.ts'
import { type Route, routes } from '../route.ts'

export const USERS: readonly Route[] = [
  ...routes('administrator', {
    'GET /users': ({ broker }) => list(broker.administration.users.list().map(userJson)),
    'GET /users/without-permissions': ({ broker }) => {
      const { users, permissions } = broker.administration
      const permitted = new Set(permissions.list().map(({ user }) => user))
      return list(
        users
          .list()
          .filter(({ name }) => !permitted.has(name))
          .map(userJson),
      )
    },
    'POST /users/bulk-delete': async ({ body, broker }) => {
      const { users } = broker.administration
      const names = body.words('users')
      for (const name of names) {
        if (users.find(name) === undefined) throw badRequest(`no_such_user: ${name}`)
      }
      for (const name of names) await users.delete(name)
      return NO_CONTENT
    },
    'GET /users/:user': (call) => found(userJson(userOf(call))),
    'PUT /users/:user': async (call) => {
      const { users } = call.broker.administration
      const name = call.param('user')
      const isNew = users.find(name) === undefined
      const { body } = call
      if (!body.has('tags')) throw badRequest('tags_not_present')
      await users.put(name, { ...passwordIn(body), tags: body.words('tags') })
      return put(isNew)
    },
    'DELETE /users/:user': async (call) => {
      await call.broker.administration.users.delete(userOf(call).name)
      return NO_CONTENT
    },
    'GET /users/:user/permissions': (call) => {
      const { name } = userOf(call)
      const { permissions } = call.broker.administration
      const theirs = permissions.list().filter(({ user }) => user === name)
      return list(theirs.map(permissionJson))
    },
    'GET /users/:user/topic-permissions': (call) => {
      const { name } = userOf(call)
      const { topicPermissions } = call.broker.administration
      const theirs = topicPermissions.list().filter(({ user }) => user === name)
      return list(theirs.map(topicPermissionJson))
    },
  }),
  ...routes('management', {
    'GET /whoami': ({ user }) => found({ name: user.name, tags: user.definition.tags }),
  }),
]

function userOf(call: Call): UserDefinition {
  const user = call.broker.administration.users.find(call.param('user'))
  if (user === undefined) throw noSuchObject()
  return user
}
