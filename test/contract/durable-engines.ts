import { join } from 'node:path'
import type { DamageListener, Durability, Journal } from '../../src/store/journal.ts'
import { SegmentJournal } from '../../src/store/segments/segment-journal.ts'

type OpenJournal = (
  directory: string,
  durability: Durability,
  onDamage: DamageListener,
) => Promise<Journal>

export type DurableEngine = 'SegmentJournal'

/** The engines of the port `Journal` that keep files in a directory. */
export const DURABLE_ENGINES: Readonly<Record<DurableEngine, OpenJournal>> = {
  SegmentJournal: (directory, durability, onDamage) =>
    SegmentJournal.open(join(directory, 'journal'), durability, onDamage),
}
