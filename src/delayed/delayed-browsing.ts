// Looks at delayed messages without taking them, and finds one of them. While something is being read,
// messages come nearer, and are released.

import type { Backlog } from '../queue/backlog.ts'
import type { PageRun } from '../queue/backlog-runs.ts'
import type { BrowseLimits } from '../queue/browsing.ts'
import type { DelayedMessage } from '../queue/delays.ts'
import type { DelayedMessages } from './delayed-messages.ts'

/** As many messages, in as many octets, are put in order to be shown. */
const SORTED_COUNT = 2000
const SORTED_BYTES = 8 * 1024 * 1024
/** A message comes near in as many steps as there are kinds of spans, or fewer. */
const MOST_TRIES = 10
const ID = /^d(\d{1,15})-(\d{1,15})$/

interface DelayedPage {
  readonly backlog: Backlog
  readonly run: PageRun
}

/** One that was found, and how to take it out: false when it is not there any more. */
export interface FoundDelayed {
  readonly delayed: DelayedMessage
  remove(): boolean
}

export function delayedId({ dueMs, sequence }: DelayedMessage): string {
  return `d${dueMs}-${sequence}`
}

/** Those from a position on: in the order in which they are due if they are few, and else about so. */
export async function readDelayed(
  messages: DelayedMessages,
  nowMs: number,
  from: number,
  limits: BrowseLimits,
  tries: number = MOST_TRIES,
): Promise<readonly DelayedMessage[]> {
  const pages = pagesOf(messages)
  const bytes = pages.reduce((sum, { run }) => sum + run.bodyBytes, 0)
  const near = [...messages.near].sort(bySooner)
  if (messages.length <= SORTED_COUNT && bytes <= SORTED_BYTES) {
    const all = near
    for (const page of pages) all.push(...(await readPage(page)))
    // What came near meanwhile is in neither.
    const isMissing = pages.some(({ run }) => run.isGone)
    if (isMissing && tries > 1) return readDelayed(messages, nowMs, from, limits, tries - 1)
    return limited(stillThere(all, messages, nowMs).sort(bySooner).slice(from), limits)
  }
  const found = near.slice(from)
  let before = Math.max(0, from - near.length)
  for (const page of pages) {
    if (limited(found, limits).length < found.length || found.length >= limits.count) break
    const { count } = page.run
    if (before < count) found.push(...(await readPage(page)).slice(before))
    before = Math.max(0, before - count)
  }
  return limited(stillThere(found, messages, nowMs), limits)
}

export async function findDelayed(
  messages: DelayedMessages,
  id: string,
): Promise<FoundDelayed | undefined> {
  const [, due, digits] = ID.exec(id) ?? []
  const [dueMs, sequence] = [Number(due), Number(digits)]
  const is = (one: DelayedMessage): boolean => one.sequence === sequence && one.dueMs === dueMs
  const near = [...messages.near].find(is)
  if (near !== undefined) {
    return { delayed: near, remove: () => messages.removeNear(sequence) }
  }
  const pages = pagesOf(messages, dueMs)
  for (const page of pages) {
    const { run } = page
    const found = (await readPage(page)).find(is)
    if (found === undefined || messages.isRemoved(sequence)) continue
    const remove = (): boolean => {
      if (run.isGone || messages.isRemoved(sequence)) return false
      messages.removeFromSpan(sequence)
      return true
    }
    return { delayed: found, remove }
  }
  // While it was looked for, it may have come to where nobody looked.
  return pages.some(({ run }) => run.isGone) ? findDelayed(messages, id) : undefined
}

/** Where messages are that are not near; with a time, only where those are that are due then. */
function pagesOf(messages: DelayedMessages, dueMs?: number): DelayedPage[] {
  return messages.spans.flatMap(({ startMs, endMs, messages: backlog }) => {
    if (backlog === null || (dueMs !== undefined && (dueMs < startMs || dueMs >= endMs))) return []
    return backlog.pages.map((run) => ({ backlog, run }))
  })
}

async function readPage({ backlog, run }: DelayedPage): Promise<DelayedMessage[]> {
  const read = await backlog.readPage(run)
  return read.map(({ message, sequence, expiresAt: dueMs }) => ({ message, sequence, dueMs }))
}

/** Without those that were taken out, and those that are due: they are on their way. */
function stillThere(
  found: readonly DelayedMessage[],
  messages: DelayedMessages,
  nowMs: number,
): DelayedMessage[] {
  return found.filter(({ sequence, dueMs }) => dueMs > nowMs && !messages.isRemoved(sequence))
}

function limited(found: readonly DelayedMessage[], { count, bytes }: BrowseLimits) {
  let sum = 0
  const end = found.findIndex(({ message }, index) => {
    const isFull = index >= count || sum >= bytes
    sum += message.bodySize
    return isFull
  })
  return end < 0 ? found : found.slice(0, end)
}

const bySooner = (a: DelayedMessage, b: DelayedMessage): number =>
  a.dueMs - b.dueMs || a.sequence - b.sequence
