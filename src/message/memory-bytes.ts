import type { Message } from './message.ts'

/** About what a message takes as an object, besides its bytes. */
const MESSAGE_OVERHEAD_BYTES = 256

/** About what a message takes in memory, as the budget counts it. */
export function memoryBytes(message: Message): number {
  return message.headerFrameBytes + message.bodySize + MESSAGE_OVERHEAD_BYTES
}
