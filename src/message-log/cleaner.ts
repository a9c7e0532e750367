import type { Message } from '../message/message.ts'
import type { Block } from './block-chain.ts'
import type { BlockReader } from './block-reader.ts'
import { LogEntry } from './log-entry.ts'
import type { QueuePlaces } from './queue-places.ts'

/** The messages of a block that are still in queues, to be stored again elsewhere. */
export async function findStragglers(
  block: Block,
  reader: BlockReader,
  findQueue: (queueId: number) => QueuePlaces | undefined,
): Promise<readonly LogEntry[]> {
  const entries = new Map<Message, LogEntry>()
  await reader.read(block, ({ queueId, sequence, expiresAt }, readMessage) => {
    const queue = findQueue(queueId)
    if (queue === undefined || !queue.isAt(sequence, block)) return
    const place = { queue, sequence, expiresAt, delivered: false, block }
    const message = readMessage()
    const entry = entries.get(message)
    if (entry === undefined) entries.set(message, new LogEntry(message, place))
    else entry.add(place)
  })
  return [...entries.values()]
}
