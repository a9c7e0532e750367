import { OPTION_ROWS } from '../../config/options.ts'
import type { ClientCommands } from '../client/client-command.ts'
import { createProgram, type Program } from '../client/global-options.ts'
import { namesOf } from '../completion/names.ts'
import { candidatesFor } from '../completion/position.ts'
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts'
import { unquoted } from '../completion/unquoted.ts'

export function define(program: Program, all: ClientCommands): void {
  const completion = program
    .command('completion')
    .description('Print what makes a shell complete these commands.')
  for (const [shell, script] of COMPLETION_SCRIPTS) {
    completion
      .command(shell)
      .description(`for ${shell}`)
      .action(() => void process.stdout.write(script))
  }
  completion
    .command('words', { hidden: true })
    .description('What the last of the words can become; for the scripts.')
    .argument('[words...]')
    .option('--quoted', 'the words are as they stand in the line of a POSIX shell')
    .action(async (words, { quoted = false }) => {
      const found = await completions(quoted ? words.map(unquoted) : words, all)
      process.stdout.write(found.map((one) => `${one}\n`).join(''))
    })
}

async function completions(words: readonly string[], all: ClientCommands): Promise<string[]> {
  const program = await wholeProgram(all)
  const { words: known, named, prefix = '' } = candidatesFor(program, words)
  const names = named === undefined ? [] : await namesOf(named, optionsIn(words), process.env)
  const begun = words.at(-1) ?? ''
  return [...known, ...names].map((one) => `${prefix}${one}`).filter((one) => one.startsWith(begun))
}

/** With all its commands, and those that run no client besides. */
async function wholeProgram(all: ClientCommands): Promise<Program> {
  const program = createProgram()
  for (const { load } of all.values()) (await load()).define(program, all)
  const start = program.command('start')
  for (const row of OPTION_ROWS.values()) start.option(`--${row.flag} <${row.type}>`)
  program.command('version')
  program.command('help')
  return program
}

/** Where to ask: what has been typed so far says it. */
function optionsIn(words: readonly string[]): ReturnType<Program['opts']> {
  const program = createProgram()
  try {
    program.parseOptions([...words])
  } catch {
    // It is not whole yet.
  }
  return program.opts()
}
