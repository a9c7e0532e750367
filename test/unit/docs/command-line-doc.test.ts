// Keeps docs/command-line.md and the program in step: every command has an example, every example is one
// that the program understands, every option and exit code is told.

import { readFileSync } from 'node:fs'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../../src/cli/client/exit-code.ts'
import { createProgram } from '../../../src/cli/client/global-options.ts'
import { CLIENT_COMMANDS } from '../../../src/cli/client-commands.ts'
import { NOUNS } from '../../../src/cli/commands/list-nouns.ts'
import { codeBlocks, codeSpans, sectionsOf, tableRows } from './markdown.ts'

const text = readFileSync(new URL('../../../docs/command-line.md', import.meta.url), 'utf8')

const program = createProgram()
for (const { load } of CLIENT_COMMANDS.values()) (await load()).define(program, CLIENT_COMMANDS)

/** Commands that do something, by the words that ask for them. */
function leaves(command: CommandUnknownOpts, words: string): [string, CommandUnknownOpts][] {
  if (command.commands.length === 0) return [[words, command]]
  return command.commands
    .filter((one) => one.name() !== 'words')
    .flatMap((one) => leaves(one, `${words} ${one.name()}`))
}

const commands = leaves(program, 'leveret')

/** Each command of the examples, without what is before or after it in a pipe. */
const examples = codeBlocks(text, 'sh').flatMap((block) =>
  block.split('\n').flatMap((line) => {
    const [, example] = /(?:^|\| )(leveret .*?)(?: [|>] |$)/.exec(line) ?? []
    return example === undefined ? [] : [example.trim()]
  }),
)

const longOptions = (line: string): string[] => line.match(/(?<= )--[a-z-]+/g) ?? []

const optionsOf = (command: CommandUnknownOpts): string[] =>
  command.options.flatMap(({ long }) => long ?? [])

describe('docs/command-line.md', () => {
  it.each(commands)('has an example of %s, and tells its options', (words, command) => {
    const own = examples.filter((line) => line === words || line.startsWith(`${words} `))
    expect(own).not.toEqual([])
    const told = new Set([...own.flatMap(longOptions), ...codeSpans(text)])
    expect(optionsOf(command).filter((option) => !told.has(option))).toEqual([])
  })

  it.each(examples)('has an example that is understood: %s', (line) => {
    const [, command] =
      commands.find(([words]) => line === words || line.startsWith(`${words} `)) ?? []
    expect(command).toBeDefined()
    const known = [...optionsOf(program), ...optionsOf(command as CommandUnknownOpts)]
    expect(longOptions(line).filter((option) => !known.includes(option))).toEqual([])
  })

  it('tells what can be listed', () => {
    const spans = codeSpans(sectionsOf(text).get('Looking') ?? '')
    expect([...NOUNS.keys()].filter((noun) => !spans.includes(noun))).toEqual([])
  })

  it('tells every exit code', () => {
    const rows = tableRows(sectionsOf(text).get('Exit codes') ?? '')
    const codes = Object.values(EXIT_CODES).map(({ code, doc }) => [String(code), doc])
    expect(rows).toEqual(codes)
  })

  it('tells every option that all commands have', () => {
    const spans = codeSpans(text)
    expect(optionsOf(program).filter((option) => !spans.includes(option))).toEqual([])
  })
})
