import { valueAt } from './cell.ts'
import { columns } from './columns.ts'
import type { Output, Shown } from './output.ts'

/** Where a message is in its queue, which only who looks at it there is told. */
const PLACE = columns('position', 'id', 'state')

const CONTENT = columns(
  ...[
    'exchange',
    'routing_key',
    'redelivered',
    'payload_bytes:bytes',
    'properties',
    'payload:body',
  ],
)

/** What is told of some messages only: shown to people, and not to programs that count columns. */
const SOMETIMES = columns(
  ...['due_at:due', 'consumer.consumer_tag:consumer', 'death.queue:died in', 'death.reason:why'],
)

/** A message as the HTTP API has it. */
export interface MessageJson {
  readonly payload: string
  readonly payload_encoding: string
}

/** Messages that were taken, or that are `inQueue` still. */
export function messageTable(
  output: Output,
  messages: readonly MessageJson[],
  { inQueue = false }: { readonly inQueue?: boolean } = {},
): Shown {
  const place = inQueue ? PLACE : []
  const besides = SOMETIMES.filter(
    ({ path }) => output.isTerminal && messages.some((one) => valueAt(one, path) !== undefined),
  )
  return output.table([...place, ...besides, ...CONTENT], messages)
}

/** The bodies alone, one after the other, as they are. */
export function writeBodies(output: Output, messages: readonly MessageJson[]): void {
  for (const { payload, payload_encoding } of messages) {
    output.raw(Buffer.from(payload, payload_encoding === 'base64' ? 'base64' : 'utf8'))
  }
}
