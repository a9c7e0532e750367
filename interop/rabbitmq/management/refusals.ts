// What both sides refuse, or are asked for in vain, and where they do not say the same.

import type { Asked } from './api.ts'
import { USER, VHOST as V } from './set-up.ts'

/** A user who may do little: only what begins with an a, and look after nothing. */
const AS_USER = `${USER}:secret`

const message = (fields: object = {}): object => ({
  properties: {},
  routing_key: 'k',
  payload: 'p',
  payload_encoding: 'string',
  ...fields,
})
const get = (fields: object = {}): object => ({
  ackmode: 'ack_requeue_true',
  count: 1,
  encoding: 'auto',
  ...fields,
})
const policy = (fields: object = {}): object => ({
  pattern: 'a',
  definition: { 'max-length': 1 },
  ...fields,
})

type Row = readonly [method: string, path: string, body?: unknown, as?: string]

const ROWS: readonly Row[] = [
  ['GET', '/overview', undefined, 'guest:wrong'],
  ['GET', '/nowhere'],
  ['GET', '/users', undefined, AS_USER],
  ['GET', '/nodes', undefined, AS_USER],
  ['GET', '/definitions', undefined, AS_USER],
  ['PUT', '/vhosts/other', {}, AS_USER],
  ['GET', '/queues/%2F', undefined, AS_USER],
  ['PUT', '/cluster-name', { name: 'x' }, AS_USER],
  ['PUT', `/policies/${V}/p`, policy(), AS_USER],
  ['PUT', `/operator-policies/${V}/p`, policy(), AS_USER],
  ['POST', `/queues/${V}/mq/get`, get(), AS_USER],
  ['DELETE', `/queues/${V}/mq/contents`, undefined, AS_USER],
  ['PUT', '/overview', {}],
  ['POST', `/queues/${V}/mq`, {}],
  ['GET', '/vhosts/nowhere'],
  ['DELETE', '/vhosts/nowhere'],
  ['GET', '/queues/nowhere'],
  ['GET', `/queues/${V}/none`],
  ['DELETE', `/queues/${V}/none`],
  ['PUT', '/queues/nowhere/q', {}],
  ['PUT', `/queues/${V}/mq`, { durable: false }],
  ['PUT', `/queues/${V}/amq.x`, {}],
  ['PUT', `/queues/${V}/b`, { arguments: { 'x-max-length': -1 } }],
  ['PUT', `/queues/${V}/b`, { arguments: { 'x-queue-type': 'none' } }],
  ['PUT', `/queues/${V}/b`, { durable: 'x' }],
  ['PUT', `/queues/${V}/b`, 'no json'],
  ['PUT', `/queues/${V}/b`, '[]'],
  ['GET', `/exchanges/${V}/none`],
  ['PUT', `/exchanges/${V}/mx`, { type: 'direct', durable: true }],
  ['PUT', `/exchanges/${V}/y`, { type: 'none' }],
  ['PUT', `/exchanges/${V}/amq.z`, { type: 'direct' }],
  ['DELETE', `/exchanges/${V}/amq.direct`],
  ['DELETE', `/exchanges/${V}/amq.default`],
  ['DELETE', `/exchanges/${V}/mx?if-unused=true`],
  ['POST', `/exchanges/${V}/mx/publish`, {}],
  ['POST', `/exchanges/${V}/mx/publish`, message({ payload_encoding: 'x' })],
  ['POST', `/exchanges/${V}/mx/publish`, message({ payload: '!', payload_encoding: 'base64' })],
  ['POST', `/exchanges/${V}/mx/publish`, message({ properties: { delivery_mode: 'x' } })],
  ['POST', `/exchanges/${V}/mx/publish`, message({ properties: { expiration: 'x' } })],
  ['POST', `/exchanges/${V}/mx/publish`, message({ properties: { user_id: 'x' } })],
  ['POST', `/exchanges/${V}/none/publish`, message()],
  ['POST', `/exchanges/${V}/internal/publish`, message()],
  ['POST', `/queues/${V}/mq/get`, {}],
  ['POST', `/queues/${V}/mq/get`, get({ encoding: 'x' })],
  ['POST', `/queues/${V}/mq/get`, get({ count: 'x' })],
  ['POST', `/queues/${V}/none/get`, get()],
  ['POST', `/queues/${V}/mq/actions`, { action: 'x' }],
  ['POST', `/bindings/${V}/e/mx/q/none`, {}],
  ['POST', `/bindings/${V}/e/none/q/mq`, {}],
  ['POST', `/bindings/${V}/e/amq.default/q/mq`, {}],
  ['GET', `/bindings/${V}/e/mx/q/mq/none`],
  ['DELETE', `/bindings/${V}/e/mx/q/mq/none`],
  ['GET', '/users/none'],
  ['DELETE', '/users/none'],
  ['PUT', '/users/none', {}],
  ['PUT', '/users/none', { password: 'x' }],
  ['POST', '/users/bulk-delete', {}],
  ['POST', '/users/bulk-delete', { users: ['none'] }],
  ['GET', `/permissions/${V}/none`],
  ['DELETE', `/permissions/${V}/none`],
  ['PUT', `/permissions/${V}/none`, { configure: '', write: '', read: '' }],
  ['PUT', `/permissions/${V}/${USER}`, { configure: '' }],
  ['PUT', `/permissions/${V}/${USER}`, { configure: '(', write: '', read: '' }],
  ['GET', `/topic-permissions/${V}/none`],
  ['PUT', `/topic-permissions/${V}/none`, { exchange: 'x', write: '', read: '' }],
  ['PUT', `/topic-permissions/${V}/${USER}`, {}],
  ['GET', `/policies/${V}/none`],
  ['DELETE', `/policies/${V}/none`],
  ['PUT', '/policies/nowhere/p', policy()],
  ['PUT', `/policies/${V}/p`, {}],
  ['PUT', `/policies/${V}/p`, policy({ pattern: '(' })],
  ['PUT', `/policies/${V}/p`, policy({ definition: {} })],
  ['PUT', `/policies/${V}/p`, policy({ definition: { none: 1 } })],
  ['PUT', `/policies/${V}/p`, policy({ priority: 'x' })],
  ['PUT', `/policies/${V}/p`, policy({ 'apply-to': 'x' })],
  ['PUT', `/operator-policies/${V}/p`, policy({ definition: { 'dead-letter-exchange': 'x' } })],
  ['GET', `/parameters/none/${V}/p`],
  ['PUT', `/parameters/none/${V}/p`, { value: 1 }],
  ['GET', '/global-parameters/none'],
  ['DELETE', '/global-parameters/none'],
  ['PUT', '/global-parameters/p', {}],
  ['PUT', `/vhost-limits/${V}/none`, { value: 1 }],
  ['PUT', `/vhost-limits/${V}/max-queues`, { value: 'x' }],
  ['PUT', `/user-limits/${USER}/none`, { value: 1 }],
  ['GET', '/user-limits/none'],
  ['GET', '/connections/none'],
  ['DELETE', '/connections/none'],
  ['GET', '/channels/none'],
  ['GET', '/consumers/nowhere'],
  ['POST', '/definitions', 'x'],
  ['POST', '/definitions/nowhere', {}],
  ['GET', `/queues/${V}?page=0`],
  ['GET', `/queues/${V}?page=x`],
  ['GET', `/queues/${V}?page=1&page_size=501`],
  ['GET', `/queues/${V}?page=99&name=mq`],
  ['GET', `/queues/${V}?page=1&use_regex=true&name=(`],
  ['GET', '/aliveness-test/nowhere'],
  ['GET', '/health/checks/port-listener/x'],
  ['GET', '/health/checks/certificate-expiration/1/none'],
  ['GET', '/health/checks/certificate-expiration/x/days'],
  ['PUT', '/cluster-name', {}],
  ['PUT', '/feature-flags/none/enable', {}],
  ['GET', '/auth/attempts/none'],
]

/** With what it is called: `PUT /queues/compared/b "no json"`. */
export const REFUSALS: readonly (readonly [title: string, asked: Asked])[] = ROWS.map(
  ([method, path, body, as]) => {
    const shown = body === undefined ? [] : [JSON.stringify(body)]
    const user = as === undefined ? [] : [`as ${as.split(':')[0]}`]
    const asked = { method, path, body, ...(as === undefined ? {} : { as }) }
    return [[method, path, ...shown, ...user].join(' '), asked]
  },
)
