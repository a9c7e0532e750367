import type { VhostSettings } from '../administration/vhosts.ts'
import type { DefaultQueueType, JsonValue } from '../definitions/definition.ts'
import { badRequest } from './http-error.ts'
import type { JsonBody } from './json-body.ts'

/** RabbitMQ says `undefined` where there is none. */
const DEFAULT_QUEUE_TYPES: ReadonlyMap<JsonValue, DefaultQueueType | null> = new Map<
  JsonValue,
  DefaultQueueType | null
>([
  ['classic', 'classic'],
  ['quorum', 'quorum'],
  ['stream', 'stream'],
  ['undefined', null],
  ['', null],
])

/** What is given of a virtual host. Throws 400 for what it cannot have. */
export function vhostSettings(body: JsonBody): VhostSettings {
  const metadata = body.object('metadata')
  const description = body.find('description') ?? metadata['description']
  const type = body.find('default_queue_type') ?? metadata['default_queue_type']
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...(body.has('tags') ? { tags: body.words('tags') } : {}),
    ...(type === undefined || type === null ? {} : { defaultQueueType: queueType(type) }),
  }
}

function queueType(given: JsonValue): DefaultQueueType | null {
  const type = DEFAULT_QUEUE_TYPES.get(given)
  if (type !== undefined) return type
  throw badRequest(`Unsupported default queue type: ${JSON.stringify(given)}`)
}
