import type { QueueLog, StoredMessage } from '../message-log/queue-log.ts'

/**
 * Whether the log knows what it has of a page by sequences alone. As long as messages wait for their
 * record it knows them by themselves, and would not hear of what becomes of copies.
 */
export function isRecorded(log: QueueLog | null, lastLogged: number): boolean {
  return log === null || lastLogged < log.nextSequence
}

/** The messages of a page of which the log knows more than their sequences. */
export async function readOriginals(
  log: QueueLog | null,
  from: number,
  lastLogged: number,
): Promise<readonly StoredMessage[]> {
  if (log === null) return []
  const messages: StoredMessage[] = []
  for (let at = Math.max(from, log.nextSequence); at <= lastLogged; ) {
    const run = await log.read(at, lastLogged)
    messages.push(...run.messages)
    at = run.next
  }
  return messages
}
