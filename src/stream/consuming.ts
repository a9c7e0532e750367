import type { Queue, QueueConsumer } from '../queue/queue.ts'
import {
  automaticAcknowledgementNotSupported,
  foreignQueueArgument,
  invalidQueueArgument,
  prefetchNotSet,
} from '../reasons.ts'
import { InvalidOffset, type OffsetSpec, parseOffset } from './offset-spec.ts'
import type { Segments } from './segments.ts'
import { parseFilter, type StreamFilter } from './stream-filter.ts'
import type { ReaderStart } from './stream-reader.ts'

/** Arguments of consumers that those of streams must not have. */
const OTHER_TYPES_ARGUMENTS = ['x-priority', 'x-cancel-on-ha-failover']

/** What a consumer asks for, if it may consume a stream. Throws 406 and 540, in RabbitMQ's order. */
export function assertConsumer(
  consumer: QueueConsumer,
  { name, vhostName }: Queue,
  nowMs: number,
): { readonly spec: OffsetSpec; readonly filter: StreamFilter | null } {
  const spec = offsetOf(consumer, name, vhostName, nowMs)
  const foreign = OTHER_TYPES_ARGUMENTS.find((argument) => consumer.arguments.has(argument))
  if (foreign !== undefined) throw foreignQueueArgument(foreign, name, vhostName, 'stream')
  if (consumer.prefetchCount === 0) throw prefetchNotSet(name, vhostName)
  if (consumer.noAck) throw automaticAcknowledgementNotSupported(name, vhostName)
  return { spec, filter: parseFilter(consumer.arguments) }
}

/** Where that is in a stream that has these segments, and whose next offset is this. */
export function startOf(
  spec: OffsetSpec,
  filter: StreamFilter | null,
  segments: Segments,
  nextOffset: number,
): ReaderStart {
  const start = { notBeforeMs: 0, filter }
  switch (spec.kind) {
    case 'first':
      return { ...start, offset: 0 }
    case 'last':
      return { ...start, offset: Math.max(0, nextOffset - 1) }
    case 'next':
      return { ...start, offset: nextOffset }
    case 'offset':
      return { ...start, offset: spec.offset }
    case 'time': {
      const offset = segments.find(spec.timeMs)
      if (offset === undefined) return { ...start, offset: nextOffset }
      return { offset, notBeforeMs: spec.timeMs, filter }
    }
    default:
      return spec satisfies never
  }
}

function offsetOf(
  consumer: QueueConsumer,
  name: string,
  vhostName: string,
  nowMs: number,
): OffsetSpec {
  try {
    return parseOffset(consumer.arguments, nowMs)
  } catch (error) {
    if (!(error instanceof InvalidOffset)) throw error
    throw invalidQueueArgument('x-stream-offset', name, vhostName, error.message)
  }
}
