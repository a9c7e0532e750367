// Where Leveret is to differ from RabbitMQ 3.10, and why. The suite fails when a difference is not
// there any more or is another one. `npm run generate` writes this table into docs/differences.md.

export interface Difference {
  /** `topic: name`, as the suite has it. */
  readonly scenario: string
  readonly reason: string
  /** The lines of its transcripts that only one side has. */
  readonly rabbitmq: readonly string[]
  readonly leveret: readonly string[]
}

export const DIFFERENCES: readonly Difference[] = []
