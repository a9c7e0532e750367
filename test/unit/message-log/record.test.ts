// What a record keeps, and what is no record.

import { describe, expect, it } from 'vitest'
import type { BatchContent, QueueRuns } from '../../../src/message-log/batch.ts'
import {
  LogEntry,
  type LogPlace,
  type NewPlace,
  type PlaceOwner,
} from '../../../src/message-log/log-entry.ts'
import {
  type PlaceVisitor,
  RecordReader,
  type RunVisitor,
} from '../../../src/message-log/record-reader.ts'
import { RecordWriter } from '../../../src/message-log/record-writer.ts'
import { SequenceRanges } from '../../../src/message-log/sequence-ranges.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { bodyOf, sampleMessage } from '../../support/sample-message.ts'

type Run = [queueId: number, from: number, count: number]
type Place = readonly [queueId: number, sequence: number, delivered: boolean, expiresAt: number]

interface Contents {
  readonly places: Place[]
  readonly bodies: string[]
  readonly delivered: Run[]
  readonly settled: Run[]
  readonly stamps: string[]
}

interface PlaceSample {
  readonly queueId?: number
  readonly expiresAt?: number
}

function queueOf(queueId: number): PlaceOwner {
  return { queueId, place() {}, isAt: () => true, wasDelivered: () => false, move() {} }
}

function placeOf(sequence: number, sample: PlaceSample = {}): NewPlace {
  const { queueId = 1, expiresAt = 0 } = sample
  return { queue: queueOf(queueId), sequence, expiresAt }
}

function entryOf(body: string | Buffer, sequence: number, sample?: PlaceSample): LogEntry {
  return new LogEntry(sampleMessage(body), placeOf(sequence, sample), null)
}

function rangesOf(sequences: readonly number[]): SequenceRanges {
  const ranges = new SequenceRanges()
  for (const sequence of sequences) ranges.add(sequence)
  return ranges
}

function runsOf(queueId: number, delivered: number[], settled: number[]): QueueRuns {
  const [deliveredRuns, settledRuns] = [rangesOf(delivered), rangesOf(settled)]
  return { queueId, deliveredRuns, settledRuns, clearRuns() {} }
}

function batchOf(batch: Partial<BatchContent>): BatchContent {
  return { entries: [], runs: [], isAtomic: false, listeners: [], ...batch }
}

function writtenAll(
  batch: Partial<BatchContent>,
  writer = new RecordWriter(),
  stamp: Buffer | null = null,
): Buffer[] {
  const records = writer.write(batchOf(batch), stamp)
  return records.map(({ parts, bytes }) => {
    const record = Buffer.concat(parts)
    expect(record.length).toBe(bytes)
    return record
  })
}

function written(batch: Partial<BatchContent>): Buffer {
  const records = writtenAll(batch)
  expect(records).toHaveLength(1)
  return records[0]!
}

function readInto(contents: Contents, record: Buffer): void {
  const places: PlaceVisitor = {
    place(place) {
      const { queueId, sequence, delivered, expiresAt } = place
      contents.places.push([queueId, sequence, delivered, expiresAt])
      contents.bodies.push(bodyOf(place.message()).toString())
    },
  }
  const runs: RunVisitor = {
    delivered: (...run) => contents.delivered.push(run),
    settled: (...run) => contents.settled.push(run),
    stamp: (stamp) => contents.stamps.push(stamp.toString()),
  }
  new RecordReader().read(record, places, runs)
}

function read(record: Buffer): Contents {
  const contents: Contents = { places: [], bodies: [], delivered: [], settled: [], stamps: [] }
  readInto(contents, record)
  return contents
}

describe('a record', () => {
  it('has every place of a message, whether it was delivered there, and when it expires', () => {
    const places: Place[] = [[0xffff_fff0, 2 ** 48 - 1, true, 2 ** 48 - 1]]
    for (let queue = 1; queue <= 300; queue++) {
      places.push([queue, queue * 7, queue % 3 === 0, queue % 5 === 0 ? 2 ** 41 + queue : 0])
    }
    const [first, ...others] = places.map(([queueId, sequence, , expiresAt]) => {
      return placeOf(sequence, { queueId, expiresAt })
    })
    const entry = new LogEntry(sampleMessage('x'), first!, null)
    for (const place of others) entry.add(place)
    let at: LogPlace | null = entry
    for (const [, , delivered] of places) {
      at!.delivered = delivered
      at = at!.next
    }
    const found = read(written({ entries: [entry] }))
    expect(found.places).toEqual(places)
    expect(found.bodies).toEqual(Array(301).fill('x'))
  })

  it('is cut when it would be too large, though all should be in one; what was settled is in the last', () => {
    const entries = [0, 1, 2].map((sequence) => entryOf('x'.repeat(1000), sequence))
    const batch = { entries, runs: [runsOf(1, [], [7])], isAtomic: true }
    expect(writtenAll(batch)).toHaveLength(1)
    const records = writtenAll(batch, new RecordWriter(2500)).map(read)
    expect(records.map(({ bodies }) => bodies.length)).toEqual([2, 1])
    expect(records.map(({ settled }) => settled)).toEqual([[], [[1, 7, 1]]])
  })

  it('has no place that a message has left', () => {
    const entry = entryOf('x', 1, { queueId: 1, expiresAt: 99 })
    for (let queueId = 2; queueId <= 5; queueId++) entry.add(placeOf(queueId, { queueId }))
    entry.remove(entry)
    entry.remove(entry.next!.next!)
    const record = written({ entries: [entry] })
    expect(read(record).places.map(([queueId]) => queueId)).toEqual([2, 4, 5])
    expect(record.length).toBe(1 + entry.bytes)
  })

  it('makes one message of a message in several places', () => {
    const entry = entryOf('x', 1)
    entry.add(placeOf(2, { queueId: 2 }))
    const messages = new Set()
    const record = written({ entries: [entry], runs: [runsOf(7, [4], [5])] })
    new RecordReader().read(record, { place: (place) => messages.add(place.message()) }, null)
    expect(messages.size).toBe(1)
  })

  it('has what was delivered and settled as runs, queue by queue, before all else', () => {
    const runs = [runsOf(7, [4, 5, 6, 9, 10], []), runsOf(8, [2 ** 40], [3, 2, 1])]
    runs[0]!.settledRuns.addRange(2 ** 40, 2 ** 40 + 0xffff_fffe)
    const record = written({ runs, entries: [entryOf('x', 1)] })
    expect(read(record)).toEqual({
      places: [[1, 1, false, 0]],
      bodies: ['x'],
      delivered: [
        [7, 4, 3],
        [7, 9, 2],
        [8, 2 ** 40, 1],
      ],
      settled: [
        [7, 2 ** 40, 0xffff_ffff],
        [8, 3, 1],
        [8, 2, 1],
        [8, 1, 1],
      ],
      stamps: [],
    })
    expect(record.indexOf('x')).toBe(record.length - 2)
  })

  it('has nothing but a version when there is nothing to say', () => {
    expect(written({})).toEqual(Buffer.of(1))
  })

  it('may be of any size, one after the other', () => {
    const writer = new RecordWriter()
    for (const size of [10, 7000, 40, 2_000_000, 8000, 10]) {
      for (const count of [1, 20]) {
        const body = 'b'.repeat(size)
        const entries = Array.from({ length: count }, (_, n) => entryOf(body, n))
        const [record, ...others] = writtenAll({ entries, isAtomic: true }, writer)
        expect(others).toEqual([])
        const { bodies } = read(record!)
        expect(bodies.length).toBe(count)
        expect(bodies.every((each) => each === body)).toBe(true)
      }
    }
  })

  it('is followed by another when it would be too large, and the last one says the runs', () => {
    const sizes = [10, 300_000, 10, 100_000, 100_000, 100_000, 10]
    const entries = sizes.map((size, n) => entryOf('b'.repeat(size), n))
    const records = writtenAll({ entries, runs: [runsOf(1, [], [5])] }).map(read)
    const counts = records.map(({ places, settled }) => [places.length, settled.length])
    expect(counts).toEqual([
      [1, 0],
      [1, 0],
      [3, 0],
      [2, 1],
    ])
    expect(records.flatMap(({ places }) => places.map(([, sequence]) => sequence))).toEqual(
      sizes.map((_, n) => n),
    )
  })
})

describe('a record with a stamp', () => {
  const stamp = Buffer.from('stamp')

  it('is the last one of its batch, and has it last', () => {
    const entries = [10, 300_000, 10].map((size, n) => entryOf('b'.repeat(size), n))
    const records = writtenAll({ entries, runs: [runsOf(1, [], [5])] }, new RecordWriter(), stamp)
    expect(records.map((record) => read(record).stamps)).toEqual([[], [], ['stamp']])
    expect(records.map((record) => record[0])).toEqual([1, 1, 2])
    const last = records[2]!
    expect(last.indexOf('stamp')).toBe(last.length - stamp.length)
  })

  it('may have nothing else, and an empty one', () => {
    const [record] = writtenAll({}, new RecordWriter(), Buffer.alloc(0))
    expect(read(record!)).toMatchObject({ places: [], stamps: [''] })
  })

  it('is refused when it ends within that', () => {
    const [record] = writtenAll({}, new RecordWriter(), stamp)
    for (let length = 2; length < record!.length; length++) {
      expect(() => read(record!.subarray(0, length))).toThrow(RangeError)
    }
  })
})

describe('what is no record', () => {
  const entry = entryOf('some body', 1)
  entry.add(placeOf(5, { queueId: 2, expiresAt: 12 }))
  const whole = written({ entries: [entry], runs: [runsOf(7, [4, 5, 9], [1, 2])] })
  /** Where one entry ends and the next begins. */
  const boundaries = [
    1,
    written({ runs: [runsOf(7, [4, 5, 9], [])] }).length,
    written({ runs: [runsOf(7, [4, 5, 9], [1, 2])] }).length,
  ]

  it('is one that ends within an entry', () => {
    for (let length = 0; length < whole.length; length++) {
      const cut = () => read(whole.subarray(0, length))
      if (boundaries.includes(length)) expect(cut).not.toThrow()
      else expect(cut).toThrow(RangeError)
    }
  })

  it('is refused after what was whole in it has been given', () => {
    const found: Contents = { places: [], bodies: [], delivered: [], settled: [], stamps: [] }
    expect(() => readInto(found, Buffer.concat([whole, Buffer.of(3, 0, 0)]))).toThrow(RangeError)
    expect(found.bodies).toEqual(['some body', 'some body'])
  })

  it('is one of an unknown kind or version', () => {
    const changed = (at: number, octet: number) => {
      const bytes = Buffer.from(whole)
      bytes[at] = octet
      return () => read(bytes)
    }
    expect(changed(1, 9)).toThrow('an entry of kind 9 at 1')
    expect(changed(0, 0)).toThrow(RangeError)
    expect(changed(0, 3)).toThrow(StoreError)
    expect(changed(0, 3)).toThrow('the journal has records of version 3, and this program reads 2')
  })

  it('is one with a message that is in no queue', () => {
    const bytes = Buffer.from(whole)
    bytes[boundaries[2]! + 4] = 0
    expect(() => read(bytes)).toThrow('a message in no queue')
  })

  it('never does worse than to be refused, whichever octet is another', () => {
    for (let at = 1; at < whole.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const bytes = Buffer.from(whole)
        bytes[at]! ^= change
        try {
          read(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }
    }
  })
})
