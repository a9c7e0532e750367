import { join } from 'node:path'
import type { DamageListener, Durability, Journal } from '../../src/store/journal.ts'
import { LmdbJournal } from '../../src/store/lmdb/lmdb-journal.ts'
import { SegmentJournal } from '../../src/store/segments/segment-journal.ts'

type OpenJournal = (
  directory: string,
  durability: Durability,
  onDamage: DamageListener,
) => Promise<Journal>

export type DurableEngine = 'LmdbJournal' | 'SegmentJournal'

/** The engines of the port `Journal` that keep files in a directory. */
export const DURABLE_ENGINES: Readonly<Record<DurableEngine, OpenJournal>> = {
  LmdbJournal: (directory, durability) =>
    LmdbJournal.open(join(directory, 'journal.mdb'), durability),
  SegmentJournal: (directory, durability, onDamage) =>
    SegmentJournal.open(join(directory, 'journal'), durability, onDamage),
}
