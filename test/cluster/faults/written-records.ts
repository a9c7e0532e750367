import { createHash } from 'node:crypto'
import type { LogStreamOptions } from '../../../src/store/jetstream/log-stream.ts'

/** Where a shard of a test's cluster is. */
export function shardStream(cluster: string, shard: number): LogStreamOptions {
  const name = `${cluster}-shard-${shard}`
  return { name, subject: `test.${name}`, replicas: 3 }
}

/** The record with that number, from 1, of an epoch; now and then one that needs several messages. */
export function recordOf(epoch: number, number: number): Buffer {
  const size = number % 200 === 0 ? 700_000 : (number * 7919) % 3000
  return Buffer.concat([Buffer.from(`${epoch} ${number}\n`), Buffer.alloc(size, `${number},`)])
}

/** Which record this is. Throws when it is not what was written. */
export function identify(record: Buffer): { readonly epoch: number; readonly number: number } {
  const [epoch, number] = record.toString('latin1', 0, record.indexOf('\n')).split(' ').map(Number)
  if (epoch === undefined || number === undefined || !record.equals(recordOf(epoch, number))) {
    throw new Error(`this is not the record ${number} of epoch ${epoch}`)
  }
  return { epoch, number }
}

/** Tells one list of records from any other, by a few characters. */
export class RecordDigest {
  count = 0
  value = '-'

  add(record: Buffer): void {
    const { epoch, number } = identify(record)
    this.count++
    this.value = createHash('md5').update(`${this.value} ${epoch} ${number}`).digest('base64url')
  }
}
