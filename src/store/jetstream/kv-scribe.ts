import { GroupCommit } from '../group-commit.ts'
import type { KvBucket } from './kv-bucket.ts'
import type { KvMirror } from './kv-mirror.ts'
import type { KvNote, KvReceipt, NotedChange } from './kv-note.ts'

/** How many changes are under way at the same time. */
const CHANGES_AT_ONCE = 512

interface Task extends NotedChange {
  revision: number
}

/**
 * Makes changes in a bucket, for this node and for those that ask it to: all that has come meanwhile at once, one
 * after the other without waiting in between. As long as nobody else does, nothing is ever refused.
 *
 * Who asks may have given up and made the change itself, and that may have been changed again. So a key has to be
 * as it was when it was asked for, and the bucket as the mirror has it.
 */
export class KvScribe {
  readonly #bucket: KvBucket
  readonly #mirror: KvMirror
  readonly #onDeleted: (key: string, revision: number) => void
  readonly #group = new GroupCommit<readonly Task[]>((tasks) => this.#make(new Set(tasks.flat())))

  constructor(
    bucket: KvBucket,
    mirror: KvMirror,
    onDeleted: (key: string, revision: number) => void,
  ) {
    this.#bucket = bucket
    this.#mirror = mirror
    this.#onDeleted = onDeleted
  }

  /** Rejects when it is not known what came of it, with JetStreamError if another attempt may succeed. */
  async write(note: KvNote): Promise<KvReceipt> {
    const tasks = note.map((change): Task => ({ ...change, revision: 0 }))
    await this.#group.add(tasks, undefined)
    const revisions = tasks.map(({ revision }) => revision)
    return { revisions, position: this.#mirror.position }
  }

  /** Waits for what is under way, and makes nothing more. */
  close(): Promise<void> {
    return this.#group.close()
  }

  async #make(left: Set<Task>): Promise<void> {
    while (left.size > 0) {
      const some = this.#possible(left)
      const isAlone = await this.#attempt(some)
      for (const task of some) if (task.revision > 0) left.delete(task)
      if (!isAlone) await this.#mirror.told()
    }
  }

  /** Some that can be made, each of another key; those that cannot are left out for good. */
  #possible(left: Set<Task>): Task[] {
    const keys = new Set<string>()
    const some: Task[] = []
    for (const task of left) {
      if (some.length === CHANGES_AT_ONCE) break
      if (keys.has(task.key)) continue
      if (this.#mirror.isChangedAfter(task.after, task.key)) {
        left.delete(task)
      } else {
        keys.add(task.key)
        some.push(task)
      }
    }
    return some
  }

  /** False when somebody else has written, too. */
  async #attempt(some: readonly Task[]): Promise<boolean> {
    const outcomes = await Promise.allSettled(this.#bucket.write(some, this.#mirror.position))
    let last = 0
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'rejected' || outcome.value === undefined) continue
      const task = some[index] as Task
      task.revision = outcome.value
      last = outcome.value
      if (task.value === undefined) this.#onDeleted(task.key, task.revision)
    }
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    await this.#mirror.reach(last)
    return some.every(({ revision }) => revision > 0)
  }
}
