// What the parts of a cluster are called in NATS, each with the cluster's prefix: a name of letters,
// digits, - and _, so that it may be part of any other.

import type { LogStreamOptions } from '../../store/jetstream/log-stream.ts'

/** Definitions, the shared map and the signs of life are in a bucket each. */
export function bucketName(prefix: string, what: 'definitions' | 'map' | 'presence'): string {
  return `${prefix}-${what}`
}

/** The journal of a shard. */
export function shardStream(prefix: string, shard: number, replicas: number): LogStreamOptions {
  return { name: `${prefix}-shard-${shard}`, subject: `leveret.${prefix}.shard.${shard}`, replicas }
}

/** Where batches go to that nodes send each other. */
export function batchSubject(prefix: string, address: string): string {
  return `leveret.${prefix}.batch.${address}`
}

/** What nodes ask each other, and answer. */
export function questionSubject(prefix: string, node: string, question: string): string {
  return `leveret.${prefix}.node.${node}.${question}`
}
