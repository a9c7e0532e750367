import type { CommandUnknownOpts } from '@commander-js/extra-typings'

/** What the last word of a command line can become. */
export interface Candidates {
  readonly words: readonly string[]
  /** What it names besides: `queue`, `vhost`; known to the broker only. */
  readonly named?: string
  /** What each of them is preceded by in its word: `--type=`. */
  readonly prefix?: string
}

const NONE: Candidates = { words: [] }

/**
 * What may stand where the last word is, which is not complete.
 *
 * @param words those after the program's name
 */
export function candidatesFor(program: CommandUnknownOpts, words: readonly string[]): Candidates {
  let command = program
  let argument = 0
  // What comes after it is no option.
  const end = words.slice(0, -1).indexOf('--')
  const before = words.slice(0, -1).filter((_, index) => index !== end)
  const last = words.at(-1) ?? ''
  for (let index = 0; index < before.length; index++) {
    const word = before[index] as string
    if (word.startsWith('-') && (end === -1 || index < end)) {
      const option = findOption(command, word)
      if (!option?.required || word.includes('=')) continue
      if (index === before.length - 1) return valuesOf(option)
      index++
      continue
    }
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) argument++
    else command = next
  }
  if (last.startsWith('-') && end === -1) return optionsFor(command, last)
  if (command.commands.length > 0) return { words: command.commands.map((one) => one.name()) }
  return argumentAt(command, argument)
}

/** A word that is an option, or becomes one; its value may be in the same word. */
function optionsFor(command: CommandUnknownOpts, word: string): Candidates {
  const [prefix] = /^--[^=]*=/.exec(word) ?? []
  if (prefix === undefined) return { words: optionsOf(command).flatMap(({ long }) => long ?? []) }
  const option = findOption(command, word)
  return option?.required ? { ...valuesOf(option), prefix } : NONE
}

type Option = CommandUnknownOpts['options'][number]

function optionsOf(command: CommandUnknownOpts): Option[] {
  const inherited = command.parent === null ? [] : optionsOf(command.parent)
  return [...command.options, ...inherited]
}

function findOption(command: CommandUnknownOpts, word: string): Option | undefined {
  const [name = ''] = word.split('=')
  return optionsOf(command).find(({ short, long }) => name === short || name === long)
}

function valuesOf({ argChoices, flags }: Option): Candidates {
  if (argChoices !== undefined) return { words: argChoices }
  const [, named] = /<(.*)>/.exec(flags) ?? []
  return named === undefined ? NONE : { words: [], named }
}

/** Of a variadic argument there may be any number. */
function argumentAt({ registeredArguments }: CommandUnknownOpts, index: number): Candidates {
  const argument = registeredArguments[index]
  if (argument === undefined) return NONE
  return argument.argChoices === undefined
    ? { words: [], named: argument.name() }
    : { words: argument.argChoices }
}
