// Runs a command that talks to a broker, and says with the exit code how that went.

import { CommanderError } from '@commander-js/extra-typings'
import { CLIENT_COMMANDS } from '../client-commands.ts'
import { harmless } from '../output/harmless.ts'
import { CommandError, EXIT_CODES, type Outcome } from './exit-code.ts'
import { createProgram } from './global-options.ts'

/** The exit code. Throws what is a bug of ours. */
export async function runClient(name: string, args: readonly string[]): Promise<number> {
  endOnBrokenPipe()
  const program = createProgram()
  const command = await CLIENT_COMMANDS.get(name)?.load()
  command?.define(program, CLIENT_COMMANDS)
  try {
    await program.parseAsync(asHelpOption(args), { from: 'user' })
    return EXIT_CODES.ok.code
  } catch (error) {
    const { outcome, message } = failure(error)
    if (message !== '') process.stderr.write(`leveret: ${harmless(message)}\n`)
    return EXIT_CODES[outcome].code
  }
}

/** `leveret help list` is `leveret list --help`. */
function asHelpOption(args: readonly string[]): string[] {
  return args[0] === 'help' ? [...args.slice(1), '--help'] : [...args]
}

interface Failure {
  readonly outcome: Outcome
  readonly message: string
}

function failure(error: unknown): Failure {
  if (error instanceof CommandError) return error
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return { outcome: 'ok', message: '' }
    // Help has been shown instead of a message.
    const message = error.code === 'commander.help' ? '' : inOneLine(error.message)
    return { outcome: 'usage', message }
  }
  if (error instanceof Error && 'syscall' in error) {
    return { outcome: 'failed', message: error.message }
  }
  throw error
}

/** `error: unknown option '--urll'\n(Did you mean --url?)`, as all our messages are. */
function inOneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, ', did you mean $1?')
    .replaceAll('\n', ' ')
}

/** Who reads the output may have seen enough, as `head` has; that is nothing to complain about. */
function endOnBrokenPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit(EXIT_CODES.ok.code)
    })
  }
}
