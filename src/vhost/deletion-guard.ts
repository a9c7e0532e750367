import type { Queue } from '../queue/queue.ts'
import { conditionalDeleteNotSupported, queueInUse, queueNotEmpty } from '../reasons.ts'

/** What keeps a queue from being deleted. */
export interface DeletionGuard {
  readonly ifUnused: boolean
  readonly ifEmpty: boolean
}

/** Throws 406, or 540 where such a queue cannot be asked whether it is in use or empty. */
export function assertDeletable(queue: Queue, unless: DeletionGuard): void {
  const { name, vhostName } = queue
  if (queue.type === 'quorum' && (unless.ifUnused || unless.ifEmpty)) {
    const flag = unless.ifUnused ? 'if-unused' : 'if-empty'
    throw conditionalDeleteNotSupported(flag, queue.type, name, vhostName)
  }
  if (unless.ifEmpty && queue.readyCount > 0) throw queueNotEmpty(name, vhostName)
  if (unless.ifUnused && queue.consumerCount > 0) throw queueInUse(name, vhostName)
}
