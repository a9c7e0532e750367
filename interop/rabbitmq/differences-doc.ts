// Writes the tables of differences into docs/differences.md, between their marks; with --check it
// only fails if that would change the file.

import { readFileSync, writeFileSync } from 'node:fs'
import { DIFFERENCES, EVERYWHERE } from './differences.ts'
import { NOT_YET } from './not-yet.ts'

const file = new URL('../../docs/differences.md', import.meta.url)

const BEGIN = '<!-- Written by interop/rabbitmq/differences-doc.ts: `npm run generate`. -->\n'
const END = '<!-- The end of what is written. -->\n'
const LONGEST = 160

function code(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map(codeLine).join('<br>')
}

/** What was said, without who said it where. */
function codeLine(line: string): string {
  const said = line.replace(/^\S+ [<>] /, '')
  const short = said.length > LONGEST ? `${said.slice(0, LONGEST)}…` : said
  return `\`${short.replaceAll('|', '\\|').replaceAll('`', "'")}\``
}

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

function section(): string {
  const differences = DIFFERENCES.map(({ scenario, reason, rabbitmq, leveret }) => [
    scenario,
    code(rabbitmq),
    code(leveret),
    reason,
  ])
  const notYet = [...NOT_YET].map((scenario) => `- ${scenario}\n`)
  return [
    '\nEverywhere:\n\n',
    table([
      ['what', 'why'],
      ['---', '---'],
      ...EVERYWHERE.map(({ what, reason }) => [what, reason]),
    ]),
    '\nIn single scenarios, the lines that only one side has:\n\n',
    table([['scenario', 'RabbitMQ 3.10', 'Leveret', 'why'], Array(4).fill('---'), ...differences]),
    notYet.length === 0 ? '' : `\nKnown to be missing or wrong:\n\n${notYet.join('')}`,
    '\n',
  ].join('')
}

const before = readFileSync(file, 'utf8')
const [head, rest] = before.split(BEGIN)
const tail = rest?.split(END)[1]
if (head === undefined || tail === undefined) {
  throw new Error(`docs/differences.md has no marks: ${BEGIN}${END}`)
}
const after = head + BEGIN + section() + END + tail

if (!process.argv.includes('--check')) {
  writeFileSync(file, after)
} else if (before !== after) {
  console.error('docs/differences.md is not what differences.ts gives: npm run generate')
  process.exitCode = 1
}
