import { columns } from './columns.ts'
import type { Output, Shown } from './output.ts'

/** What `get` and `peek` show of each message; those columns that none of them has are left out. */
const COLUMNS = columns(
  ...['position', 'id', 'state', 'exchange', 'routing_key', 'redelivered', 'payload_bytes:bytes'],
  ...['properties', 'payload:body'],
)

/** A message as the HTTP API has it. */
export interface MessageJson {
  readonly payload: string
  readonly payload_encoding: string
}

export function messageTable(output: Output, messages: readonly MessageJson[]): Shown {
  const present = COLUMNS.filter(({ path }) => messages.some((one) => Object.hasOwn(one, path)))
  return output.table(present, messages)
}

/** The bodies alone, one after the other, as they are. */
export function writeBodies(output: Output, messages: readonly MessageJson[]): void {
  for (const { payload, payload_encoding } of messages) {
    output.raw(Buffer.from(payload, payload_encoding === 'base64' ? 'base64' : 'utf8'))
  }
}
