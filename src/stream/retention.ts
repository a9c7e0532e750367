import type { FieldTable } from 'amqp-codec'
import type { PolicyDefinition } from '../definitions/definition.ts'
import { segmentsTooLarge } from '../reasons.ts'
import { parseAge } from './age.ts'

/** What a stream keeps: as much as this, and as long as this. */
export interface Retention {
  /** Infinity where nothing was said. */
  readonly maxAgeMs: number
  readonly maxBytes: number
  /** Messages are removed in segments of at most so much. */
  readonly segmentBytes: number
}

/**
 * RabbitMQ's segments are 500 MB unless they are declared smaller. Here a segment costs some bytes of
 * memory and no file, so even what is declared larger is kept in small ones: what is removed is
 * closer to what was asked for.
 */
const MAX_SEGMENT_BYTES = 1024 * 1024
const MIN_SEGMENT_BYTES = 64 * 1024
const MAX_DECLARED_BYTES = 3_000_000_000

export const KEEPS_ALL: Retention = {
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxBytes: Number.POSITIVE_INFINITY,
  segmentBytes: MAX_SEGMENT_BYTES,
}

/** What arguments and policy say together. As in RabbitMQ, the policy wins: it can be changed. */
export function retentionOf(queueArguments: FieldTable, policy: PolicyDefinition): Retention {
  const value = (name: string): unknown =>
    policy.get(name) ?? queueArguments.get(`x-${name}`)?.value
  const maxAge = value('max-age')
  const segmentBytes = numberOf(value('stream-max-segment-size-bytes'))
  return {
    maxAgeMs:
      (typeof maxAge === 'string' ? parseAge(maxAge) : undefined) ?? Number.POSITIVE_INFINITY,
    maxBytes: numberOf(value('max-length-bytes')),
    segmentBytes: Math.min(MAX_SEGMENT_BYTES, Math.max(MIN_SEGMENT_BYTES, segmentBytes)),
  }
}

/** Throws 406 for segments that are larger than RabbitMQ's may be. */
export function assertSegmentBytes(queueArguments: FieldTable): void {
  const given = numberOf(queueArguments.get('x-stream-max-segment-size-bytes')?.value)
  if (given !== Number.POSITIVE_INFINITY && given > MAX_DECLARED_BYTES) throw segmentsTooLarge()
}

function numberOf(value: unknown): number {
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  return isNumber ? Number(value) : Number.POSITIVE_INFINITY
}
