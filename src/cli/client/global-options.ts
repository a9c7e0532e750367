import { Command } from '@commander-js/extra-typings'
import { seconds } from './numbers.ts'

/** Options that every command has. */
export type GlobalOptions = {
  readonly url?: string
  readonly user?: string
  readonly vhost?: string
  readonly timeout?: number
  readonly json?: true
}

/** A program with these, to which commands are added. */
export type Program = Command<[], GlobalOptions>

export function createProgram(): Program {
  return (
    new Command<[], GlobalOptions>('leveret')
      .configureHelp({ showGlobalOptions: true })
      // What is wrong is told in one place for all kinds of failures.
      .configureOutput({ outputError: () => {} })
      .exitOverride()
      .option('--url <url>', 'address of the management API (LEVERET_URL; http://127.0.0.1:15672)')
      .option(
        '--user <name>',
        'user to log in as (LEVERET_USER; guest); password: LEVERET_PASSWORD',
      )
      .option('--vhost <vhost>', 'virtual host (LEVERET_VHOST; / or, for lists, all)')
      .option(
        '--timeout <seconds>',
        'how long to wait for each answer (30; for long work, no limit)',
        seconds,
      )
      .option('--json', 'print JSON') as unknown as Program
  )
}
