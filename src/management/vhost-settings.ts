import type { VhostSettings } from '../administration/vhosts.ts'
import { badRequest } from './http-error.ts'
import type { JsonBody } from './json-body.ts'

/** What is given of a virtual host. Throws 400 for what it cannot have. */
export function vhostSettings(body: JsonBody): VhostSettings {
  const metadata = body.object('metadata')
  const type = body.find('default_queue_type') ?? metadata['default_queue_type'] ?? 'classic'
  if (type !== 'classic' && type !== 'undefined') {
    throw badRequest('default_queue_type: queues are classic unless they say otherwise')
  }
  if (body.flag('tracing')) throw badRequest('tracing is not supported')
  const description = body.find('description') ?? metadata['description']
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(body.has('tags') ? { tags: body.words('tags') } : {}),
  }
}
