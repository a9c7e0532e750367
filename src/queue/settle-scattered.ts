import { ByteArena } from '../message/byte-arena.ts'
import type { StoredMessage } from '../message-log/queue-log.ts'

/** Messages that are a smaller part of the memory they stand in are taken out of it. */
const LEAST_PART = 1 / 4

/** Where queues share blocks, a few messages would keep all of what was read alive. */
export function settleScattered(messages: readonly StoredMessage[]): void {
  let keptBytes = 0
  let bytes = 0
  let last: ArrayBufferLike | undefined
  for (const { message } of messages) {
    const memory = message.buffer.buffer
    // Neighbours mostly stand in the same.
    if (memory !== last) keptBytes += memory.byteLength
    last = memory
    bytes += message.end - message.start
  }
  if (bytes >= keptBytes * LEAST_PART) return
  const arena = new ByteArena()
  for (const { message } of messages) message.settleIn(arena)
}
