import type { Queue } from './queue.ts'

/** Resolves when each of them is told what was said so far; undefined when that is so. */
export function whenAllTold(queues: Iterable<Queue>): Promise<void> | undefined {
  const told: Promise<void>[] = []
  for (const queue of queues) {
    const promise = queue.whenTold()
    if (promise !== undefined) told.push(promise)
  }
  return told.length === 0 ? undefined : Promise.all(told).then(() => {})
}
