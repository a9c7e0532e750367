// Where Leveret is to differ from RabbitMQ 3.10, and why. The suite fails when a difference is not
// there any more or is another one. `npm run generate` writes these tables into docs/differences.md.

/** A difference in one scenario. */
export interface Difference {
  /** `topic: name`, as the suite has it. */
  readonly scenario: string
  readonly reason: string
  /** The lines of its transcripts that only one side has. */
  readonly rabbitmq: readonly string[]
  readonly leveret: readonly string[]
}

/** A difference wherever it occurs. What the expressions find is left out of both transcripts. */
export interface Everywhere {
  readonly what: string
  readonly reason: string
  readonly rabbitmq: RegExp | undefined
  readonly leveret: RegExp | undefined
}

export const EVERYWHERE: readonly Everywhere[] = [
  {
    what: 'Headers `x-last-death-exchange`, `-queue` and `-reason` of a dead letter',
    reason: 'RabbitMQ has them from 3.13 on.',
    rabbitmq: undefined,
    leveret: / x-last-death-(?:exchange|queue|reason)="[^"]*"/g,
  },
]

export const DIFFERENCES: readonly Difference[] = []
