import { FrontRecord } from './front-record.ts'
import { BatchReader } from './wire/batch-reader.ts'
import { BatchWriter } from './wire/batch-writer.ts'

/*
 * What the records of a shard say of the fronts: up to which number their publishes are stored, or
 * were rejected.
 */

const VERSION = 1

export function encodeStamp(records: ReadonlyMap<number, FrontRecord>): Buffer {
  const writer = new BatchWriter()
  writer.uint8(VERSION)
  writer.uint32(records.size)
  for (const [front, { applied, rejected }] of records) {
    writer.uint48(front)
    writer.uint48(applied)
    writer.uint32(rejected.size)
    for (const number of rejected) writer.uint48(number)
  }
  return Buffer.concat(writer.take())
}

/** Throws RangeError for what a newer version of this program has written. */
export function decodeStamp(stamp: Buffer | undefined): Map<number, FrontRecord> {
  const records = new Map<number, FrontRecord>()
  if (stamp === undefined) return records
  const reader = new BatchReader()
  reader.begin(stamp)
  const version = reader.uint8()
  if (version !== VERSION) throw new RangeError(`the stamp has the unknown version ${version}`)
  for (let left = reader.uint32(); left > 0; left--) {
    const [front, applied] = [reader.uint48(), reader.uint48()]
    const rejected = Array.from({ length: reader.uint32() }, () => reader.uint48())
    records.set(front, new FrontRecord(applied, rejected))
  }
  return records
}
