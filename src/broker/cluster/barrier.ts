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
  readonly #rounds = new GroupCommit<number>((positions) => this.#askAll(positions))

  /** `nodes` are those who have to know, this one among them. */
  constructor(node: string, questions: Questions, nodes: () => Iterable<string>) {
    this.#node = node
    this.#questions = questions
    this.#nodes = nodes
  }

  /** `applied` resolves when this node has in memory what was defined up to a position of the metadata. */
  answer(applied: (position: number) => Promise<void>): void {
    this.#questions.answer(this.#node, QUESTION, async (position) => {
      await applied(Number(position))
      return ''
    })
  }

  /** Resolves when all nodes know what was defined up to that position. */
  pass(position: number): Promise<void> {
    return this.#rounds.add(position, undefined)
  }

  async #askAll(positions: readonly number[]): Promise<void> {
    const last = String(Math.max(...positions))
    const others = [...this.#nodes()].filter((name) => name !== this.#node)
    await Promise.all(others.map((name) => this.#questions.ask(name, QUESTION, PATIENCE_MS, last)))
  }
}
