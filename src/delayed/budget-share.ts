import { MessageBudget } from '../queue/message-budget.ts'

/** The part of a budget that many backlogs have together, as if they were one queue. */
export class BudgetShare extends MessageBudget {
  readonly #budget: MessageBudget
  #bytes = 0

  constructor(budget: MessageBudget) {
    super(budget.limitBytes)
    this.#budget = budget
  }

  override get usedBytes(): number {
    return this.#budget.usedBytes
  }

  /** Whatever one of them says that it has. */
  override allows(_bytes: number): boolean {
    return this.#budget.allows(this.#bytes)
  }

  override take(bytes: number): void {
    this.#bytes += bytes
    this.#budget.take(bytes)
  }
}
