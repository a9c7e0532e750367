// Writes the tables of differences into docs/differences.md and docs/management.md, between their marks; with --check it
// only fails if that would change the file.

import { readFileSync, writeFileSync } from 'node:fs'
import { DIFFERENCES, EVERYWHERE } from './differences.ts'
import { DIFFERENCES as FIELDS } from './management/differences.ts'
import { OTHER_WORDS } from './management/other-words.ts'
import { NOT_YET } from './not-yet.ts'

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

/** What the management API has otherwise. */
function managementSection(): string {
  const rows = [...FIELDS, ...OTHER_WORDS].map(({ what, reason }) => [what, reason])
  return `\n${table([['what', 'why'], ['---', '---'], ...rows])}\n`
}

function write(name: string, written: string): void {
  const file = new URL(`../../docs/${name}`, import.meta.url)
  const before = readFileSync(file, 'utf8')
  const [head, rest] = before.split(BEGIN)
  const tail = rest?.split(END)[1]
  if (head === undefined || tail === undefined) {
    throw new Error(`docs/${name} has no marks: ${BEGIN}${END}`)
  }
  const after = head + BEGIN + written + END + tail
  if (!process.argv.includes('--check')) {
    writeFileSync(file, after)
  } else if (before !== after) {
    console.error(`docs/${name} is not what the tables of differences give: npm run generate`)
    process.exitCode = 1
  }
}

write('differences.md', section())
write('management.md', managementSection())
