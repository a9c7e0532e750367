// Looks at a backlog without taking anything from it. Nothing here changes what it has, and what it has
// may change while something is being read.

import type { LogPosition, QueueLog, StoredMessage, StoredRun } from '../message-log/queue-log.ts'
import type { LoggedRun, PageRun } from './backlog-runs.ts'
import { readOriginals } from './originals.ts'
import { type Page, readPage } from './page.ts'
import type { Spill } from './spill.ts'

/** What there is to be looked at, in its order. */
export interface BacklogParts {
  readonly log: QueueLog | null
  readonly spill: Spill | null
  readonly runs: Iterable<LoggedRun | PageRun>
  readonly openPage: Page | null
  /** Whether a message was taken out, though it is still where it was. */
  readonly isRemoved: (sequence: number) => boolean
}

/** Behind everything. */
export const NO_MORE: StoredRun = { messages: [], next: Number.POSITIVE_INFINITY }

/** Where the message stands that so many of the backlog stand before: runs are counted, not read. */
export function locateInBacklog(parts: BacklogParts, position: number): LogPosition | undefined {
  let left = position
  for (const run of parts.runs) {
    if (left >= run.count) left -= run.count
    else if (run.kind === 'page') return { sequence: run.from, skip: left }
    else return (parts.log as QueueLog).passOver(run.from, run.to, left)
  }
  return parts.openPage === null ? undefined : { sequence: parts.openPage.from, skip: left }
}

/** Messages from a sequence on: those of one run, or of a part of it. */
export async function readBacklog(parts: BacklogParts, from: number): Promise<StoredRun> {
  const { run, next } = findRun(parts, from)
  if (run === undefined) return NO_MORE
  if ('kind' in run && run.kind === 'logged') {
    const { to } = run
    const found = await (parts.log as QueueLog).read(Math.max(from, run.from), to)
    const messages = found.messages.filter(({ sequence }) => !parts.isRemoved(sequence))
    return { messages, next: found.next > to ? next : found.next }
  }
  const messages = await readRun(parts, run)
  // They came back into memory meanwhile, and are to be looked for there.
  if (messages === undefined) return { messages: [], next: from }
  return { messages: messages.filter(({ sequence }) => sequence >= from), next }
}

/** The run that has the sequence, or else the first one behind it; and where the one after that begins. */
function findRun(
  { runs, openPage }: BacklogParts,
  from: number,
): { readonly run: LoggedRun | PageRun | Page | undefined; readonly next: number } {
  let found: LoggedRun | PageRun | Page | undefined
  const all = openPage === null ? [...runs] : [...runs, openPage]
  for (const run of all) {
    if (found !== undefined && run.from > from) return { run: found, next: run.from }
    found = run
  }
  return { run: found, next: Number.POSITIVE_INFINITY }
}

/** The messages of a page; undefined when it has left the backlog meanwhile. */
export async function readRun(
  { log, spill, isRemoved }: BacklogParts,
  run: PageRun | Page,
): Promise<readonly StoredMessage[] | undefined> {
  // In one turn, as long as it is there.
  const copy = 'kind' in run ? run.page?.copy() : run.copy()
  const bytes = copy ?? (await readSpilled(run as PageRun, spill as Spill))
  const originals = await readOriginals(log, run.from, run.lastLogged)
  const bySequence = new Map(originals.map(({ message, sequence }) => [sequence, message]))
  if ('isGone' in run && run.isGone) return undefined
  const messages: StoredMessage[] = []
  // What was stored is damaged: whoever takes it finds that out, too.
  if (bytes === undefined) return messages
  readPage(bytes, (message, sequence, expiresAt) => {
    // To be asked in this turn: when the page has gone, nobody knows.
    if (isRemoved(sequence)) return
    const original = bySequence.get(sequence) ?? message
    messages.push({ message: original, sequence, delivered: false, expiresAt })
  })
  return messages
}

async function readSpilled(run: PageRun, spill: Spill): Promise<Buffer | undefined> {
  const slot = await run.slot
  // Where it was written may have been given up already.
  if (run.isGone) return undefined
  // Writing has failed, and it stayed in memory.
  return slot === null ? run.page?.copy() : spill.read(slot)
}
