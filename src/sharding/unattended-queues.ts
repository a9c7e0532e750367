import type { Engine } from './engine.ts'

/**
 * Queues whose last consumers are out of reach, but not gone: nobody is to take them for queues that nobody
 * uses before the node of these consumers has left.
 */
export class UnattendedQueues {
  /** By id, the incarnation of that node. */
  readonly #incarnations = new Map<number, string>()

  /** Notes which of the queues lose their last consumers by what is done, which are on that node. */
  note<Result>(
    engines: ReadonlyMap<number, Engine>,
    incarnation: string,
    loseConsumers: () => Result,
  ): Result {
    const consumed = [...engines].filter(([, { queue }]) => queue.consumerCount > 0)
    const result = loseConsumers()
    for (const [id, { queue }] of consumed) {
      if (queue.consumerCount === 0) this.#incarnations.set(id, incarnation)
    }
    return result
  }

  /** Those that nobody uses, now that it is known who is there. */
  takeUnused(engines: ReadonlyMap<number, Engine>, there: ReadonlySet<string>): Engine[] {
    const unused: Engine[] = []
    for (const [id, incarnation] of this.#incarnations) {
      const engine = engines.get(id)
      if (engine !== undefined && there.has(incarnation)) continue
      this.#incarnations.delete(id)
      if (engine?.queue.consumerCount === 0) unused.push(engine)
    }
    return unused
  }
}
