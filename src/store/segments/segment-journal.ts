import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UNFINISHED } from '../durable-file.ts'
import { GroupCommit } from '../group-commit.ts'
import type { DamageListener, Durability, Journal } from '../journal.ts'
import { StoreError, storeError } from '../store-error.ts'
import { Flusher } from './flusher.ts'
import { frameBytes, frameHeader, framePadding } from './frame.ts'
import { isSegmentName, Segment } from './segment.ts'
import { SegmentReader } from './segment-reader.ts'
import { SegmentScan } from './segment-scan.ts'
import { TruncationMark } from './truncation-mark.ts'

interface Append {
  readonly position: number
  readonly size: number
  readonly parts: readonly Buffer[]
  readonly isAwaited: boolean
}

type Write = Append | { readonly upTo: number }

/** When a segment is followed by the next one, and how large it may stay when nothing in it lives. */
const SEGMENT_BYTES = 8 << 20
const EMPTY_SEGMENT_BYTES = 1 << 20

/**
 * A journal in files that are only ever written at their end.
 *
 * A record's position is its address: as if all segments there ever were lay behind each other in one
 * endless file. So no index is needed, neither in memory nor on disk, and a commit is one write and
 * one flush. Truncation removes whole segments.
 *
 * What goes wrong with a segment stays with it: after a failed write or flush nobody knows what is in
 * the file, so the next write begins another, which says up to where this one was good.
 */
export class SegmentJournal implements Journal {
  readonly #directory: string
  readonly #durability: Durability
  readonly #onDamage: DamageListener
  readonly #mark: TruncationMark
  readonly #segments: Segment[]
  readonly #reader: SegmentReader
  readonly #flusher = new Flusher()
  readonly #group = new GroupCommit<Write>((writes) => this.#commit(writes))
  /** The last segment, if it may be written to. */
  #tail: Segment | undefined
  #nextPosition = FIRST_POSITION
  #lastPosition = 0

  /** Opens the journal in a directory, which need not be there yet. */
  static async open(
    directory: string,
    durability: Durability,
    onDamage: DamageListener,
  ): Promise<SegmentJournal> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const mark = await TruncationMark.open(join(directory, 'truncated'))
      const segments = await openSegments(directory, onDamage)
      return new SegmentJournal({ directory, durability, onDamage, mark, segments })
    } catch (error) {
      throw storeError(`cannot open the journal in ${directory}`, error)
    }
  }

  private constructor(parts: {
    readonly directory: string
    readonly durability: Durability
    readonly onDamage: DamageListener
    readonly mark: TruncationMark
    readonly segments: Segment[]
  }) {
    this.#directory = parts.directory
    this.#durability = parts.durability
    this.#onDamage = parts.onDamage
    this.#mark = parts.mark
    this.#segments = parts.segments
    this.#reader = new SegmentReader(parts.onDamage)
  }

  get bytes(): number {
    if (this.#lastPosition <= this.#mark.position) return 0
    return this.#nextPosition - Math.max(this.#mark.position, this.#segments[0]?.base ?? 0)
  }

  async recover(visit: (position: number, record: Buffer) => void): Promise<void> {
    const start = this.#mark.position
    const scan = new SegmentScan({
      record: (position: number, record: Buffer) => {
        if (position > start) visit(position, record)
        this.#lastPosition = position
      },
      damage: (position: number, reason: string) => {
        if (position > start) this.#onDamage({ position, reason })
      },
    })
    for (const [index, segment] of this.#segments.entries()) {
      const until = this.#segments[index + 1]?.previousEnd ?? Number.POSITIVE_INFINITY
      const fileEnd = await scan.run(segment, until)
      // A process that was killed has not flushed all, and what is found is going to be acted upon.
      if (segment === this.#segments.at(-1)) await this.#flush(segment)
      await segment.release()
      // One that was begun and not written to keeps its name for itself.
      const end = Math.max(fileEnd, segment.base + 1)
      this.#nextPosition = Math.max(this.#nextPosition, positionFrom(end))
    }
    // The mark is not flushed together with the segments, and may be ahead of them.
    this.#nextPosition = Math.max(this.#nextPosition, positionFrom(start + 1))
    await this.#removeTruncated()
  }

  append(parts: readonly Buffer[], isAwaited = true): Promise<number> {
    let size = 0
    for (const part of parts) size += part.length
    const position = this.#nextPosition
    this.#nextPosition += frameBytes(size)
    this.#lastPosition = position
    return this.#group.add({ position, size, parts, isAwaited }, position)
  }

  async read(first: number, last: number): Promise<Buffer[]> {
    for (const position of [first, last]) {
      const isThere = position > this.#mark.position && this.#segmentFrom(position, position)
      if (!isThere) throw new StoreError(`record ${position} is not there`)
    }
    const records: Buffer[] = []
    let next = first
    for (;;) {
      const segment = this.#segmentFrom(next, last)
      if (segment === undefined) return records
      await this.#reader.read(segment, Math.max(next, segment.base), last, records)
      next = segment.end
    }
  }

  truncate(upTo: number): Promise<void> {
    return this.#group.add({ upTo: Math.min(upTo, this.#lastPosition) }, undefined)
  }

  async close(): Promise<void> {
    await this.#group.close()
    try {
      await this.#tail?.cutAtEnd()
    } finally {
      await this.#reader.close()
      for (const segment of this.#segments) await segment.release()
      await this.#mark.close()
    }
  }

  /** The first segment with something of a stretch, of which neither end need be in it. */
  #segmentFrom(first: number, last: number): Segment | undefined {
    return this.#segments.find(({ base, end }) => base <= last && end > first)
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    try {
      const appends = writes.filter((write) => 'parts' in write)
      if (appends.length > 0) await this.#store(appends)
      for (const write of writes) if ('upTo' in write) await this.#truncate(write.upTo)
    } catch (error) {
      throw storeError(`cannot write to the journal in ${this.#directory}`, error)
    }
  }

  async #store(appends: readonly Append[]): Promise<void> {
    const first = appends[0] as Append
    const last = appends.at(-1) as Append
    const segment = await this.#tailFrom(first.position)
    const frames: Buffer[] = []
    for (const { position, size, parts } of appends) {
      frames.push(frameHeader(size, position, segment.salt))
      for (const part of parts) frames.push(part)
      frames.push(framePadding(size))
    }
    const bytes = last.position + frameBytes(last.size) - first.position
    try {
      const isFlushed = this.#durability === 'disk' && appends.some((append) => append.isAwaited)
      await segment.write(frames, bytes, isFlushed ? this.#flusher : null)
    } catch (error) {
      await this.#giveUp(segment)
      throw error
    }
    segment.last = last.position
  }

  /** Gives back the room that a failed write took, for it may be that there is none. */
  async #giveUp(segment: Segment): Promise<void> {
    this.#tail = undefined
    const isEmpty = segment.end === segment.base
    if (isEmpty) this.#segments.pop()
    await (isEmpty ? segment.remove() : segment.cutAtEnd()).catch(() => {})
    await segment.release().catch(() => {})
  }

  /** The segment that is written to, a new one from this position on if need be. */
  async #tailFrom(position: number): Promise<Segment> {
    const tail = this.#tail
    if (tail !== undefined && tail.end - tail.base < SEGMENT_BYTES) return tail
    const previous = this.#segments.at(-1)
    // What is flushed in the next one speaks for what is here: so all but the last are flushed.
    if (previous !== undefined) await this.#flush(previous)
    const segment = await Segment.create(this.#directory, position, previous?.end ?? position)
    this.#segments.push(segment)
    this.#tail = segment
    await previous?.release().catch(() => {})
    return segment
  }

  async #flush(segment: Segment): Promise<void> {
    if (this.#durability === 'disk') await segment.flush()
  }

  async #truncate(upTo: number): Promise<void> {
    if (upTo <= this.#mark.position) return
    this.#mark.position = upTo
    await this.#removeTruncated()
    this.#mark.storeIfBehind()
  }

  async #removeTruncated(): Promise<void> {
    for (;;) {
      const [first] = this.#segments
      if (first === undefined || first.last > this.#mark.position) return
      if (first === this.#tail) {
        if (first.end - first.base < EMPTY_SEGMENT_BYTES) return
        this.#tail = undefined
      }
      this.#segments.shift()
      await this.#reader.forget(first)
      await first.remove()
    }
  }
}

/** Nothing is before the first record, so that there is a position to say that with. */
const FIRST_POSITION = 8

/** The first position that is not before an address. */
function positionFrom(address: number): number {
  return Math.ceil(address / 8) * 8
}

/** In their order. What is not a segment any more is set aside, for somebody to have a look at. */
async function openSegments(directory: string, onDamage: DamageListener): Promise<Segment[]> {
  const segments: Segment[] = []
  const names = (await readdir(directory)).sort()
  for (const name of names) if (name.endsWith(UNFINISHED)) await rm(join(directory, name))
  for (const name of names.filter(isSegmentName)) {
    const path = join(directory, name)
    const segment = await Segment.open(path)
    if (segment === undefined) {
      await rename(path, `${path}.damaged`)
      onDamage({ position: Number.parseInt(name, 10), reason: `${name} has no valid header` })
    } else segments.push(segment)
  }
  return segments
}
