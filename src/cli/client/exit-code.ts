/** What the exit code of a command says. `leveret start` has 0 and 1 only. */
export const EXIT_CODES = {
  ok: { code: 0, doc: 'It is done.' },
  failed: { code: 1, doc: 'The broker refused, or something else failed.' },
  usage: { code: 2, doc: 'The command line is not right.' },
  unreachable: { code: 3, doc: 'The broker cannot be reached, or does not answer.' },
  notFound: { code: 4, doc: 'What the command is about is not there.' },
  notAuthorised: { code: 5, doc: 'The user is not known, or may not do that.' },
  notRouted: { code: 6, doc: 'No queue gets the message.' },
  unsupported: { code: 7, doc: 'Only Leveret can do that, and this is another broker.' },
  interrupted: { code: 130, doc: 'Ctrl-C.' },
} as const

export type Outcome = keyof typeof EXIT_CODES

/** Ends a command: with one line on standard error, and the exit code for its kind. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly outcome: Outcome

  constructor(outcome: Outcome, message: string) {
    super(message)
    this.outcome = outcome
  }
}

export const usageError = (message: string): CommandError => new CommandError('usage', message)
