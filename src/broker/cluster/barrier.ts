import { GroupCommit } from '../../store/group-commit.ts'
import type { Questions } from './questions.ts'

/** Whoever has not answered by then is not waited for: it is on its way out, or will be told in time. */
const PATIENCE_MS = 1000
const QUESTION = 'applied'

/**
 * What was defined is known to all nodes when they say that they know all that is. Those who wait at the
 * same time wait for the same answers.
 */
export class Barrier {
  readonly #node: string
  readonly #questions: Questions
  readonly #nodes: () => Iterable<string>
  readonly #rounds = new GroupCommit<undefined>(() => this.#askAll())

  /** `nodes` are those who have to know, this one among them. */
  constructor(node: string, questions: Questions, nodes: () => Iterable<string>) {
    this.#node = node
    this.#questions = questions
    this.#nodes = nodes
  }

  /** `applied` resolves when this node knows all that was defined before it was called. */
  answer(applied: () => Promise<void>): void {
    this.#questions.answer(this.#node, QUESTION, async () => {
      await applied()
      return ''
    })
  }

  /** Resolves when all nodes know what was defined before the call. */
  pass(): Promise<void> {
    return this.#rounds.add(undefined, undefined)
  }

  async #askAll(): Promise<void> {
    const others = [...this.#nodes()].filter((name) => name !== this.#node)
    await Promise.all(others.map((name) => this.#questions.ask(name, QUESTION, PATIENCE_MS)))
  }
}
