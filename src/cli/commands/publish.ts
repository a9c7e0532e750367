import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { buffer } from 'node:stream/consumers'
import { apiPath, exchangeInPath } from '../client/api-path.ts'
import { CommandError, usageError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { collected, keyValues } from '../client/key-values.ts'
import { openSession, type Session } from '../client/session.ts'
import { countText } from '../output/units.ts'

export function define(program: Program): void {
  program
    .command('publish')
    .description('Publish a message, or one for each line of standard input.')
    .argument('<routing-key>', 'for the default exchange, the name of a queue')
    .argument('[body]', 'what is in it; without, standard input is read')
    .option('--exchange <exchange>', 'where to publish; the default exchange otherwise', '')
    .option('--file <path>', 'a file with the body')
    .option('--lines', 'each line of standard input is a body')
    .option('--persistent', 'kept over a restart: property delivery_mode=2')
    .option('--property <key=value>', 'content_type=text/plain; several times', collected)
    .option('--header <key=value>', 'a header; several times', collected)
    .action(async (routingKey, body, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const message = { routing_key: routingKey, properties: propertiesOf(options) }
      const path = apiPath`/exchanges/${session.vhost}/${exchangeInPath(options.exchange)}/publish`
      if (options.lines) await publishLines(session, path, message)
      else await publishOne(session, path, message, await bodyOf(body, options.file))
    })
}

interface PropertyOptions {
  readonly persistent?: true | undefined
  readonly property?: string[] | undefined
  readonly header?: string[] | undefined
}

function propertiesOf({ persistent, property = [], header = [] }: PropertyOptions): object {
  const headers = keyValues(header)
  return {
    ...(persistent ? { delivery_mode: 2 } : {}),
    ...keyValues(property),
    ...(header.length === 0 ? {} : { headers }),
  }
}

async function bodyOf(given: string | undefined, file: string | undefined): Promise<Buffer> {
  if (given !== undefined && file !== undefined)
    throw usageError('--file and a body exclude each other')
  if (file !== undefined) return readFile(file)
  return given === undefined ? buffer(process.stdin) : Buffer.from(given)
}

async function publishOne(
  { api, output }: Session,
  path: string,
  message: object,
  body: Buffer,
): Promise<void> {
  const { routed } = await api.post<Routed>(path, { ...message, ...payload(body) })
  if (!routed) throw new CommandError('notRouted', 'published, but no queue got it')
  output.done('Published', { routed })
}

/** Each when the one before it is safe, so that they stay in their order. */
async function publishLines(session: Session, path: string, message: object): Promise<void> {
  const { api, output, progress } = session
  const count = { published: 0, routed: 0 }
  try {
    for await (const line of createInterface({ input: process.stdin })) {
      const { routed } = await api.post<Routed>(path, { ...message, ...payload(Buffer.from(line)) })
      count.published++
      if (routed) count.routed++
      progress.update(() => `${countText(count.published, 'message')} published`)
    }
  } finally {
    progress.end()
  }
  output.done(`Published ${countText(count.published, 'message')}`, count)
  const lost = count.published - count.routed
  if (lost > 0) throw new CommandError('notRouted', `no queue got ${countText(lost, 'message')}`)
}

interface Routed {
  readonly routed: boolean
}

function payload(body: Buffer): object {
  return isUtf8(body)
    ? { payload: body.toString(), payload_encoding: 'string' }
    : { payload: body.toString('base64'), payload_encoding: 'base64' }
}
