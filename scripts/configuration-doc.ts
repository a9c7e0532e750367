// Writes docs/configuration.md from the table of options; with --check it only fails if that would
// change the file.

import { readFileSync, writeFileSync } from 'node:fs'
import { defaultText, expectation } from '../src/config/describe.ts'
import type { OptionRow } from '../src/config/option-row.ts'
import { OPTION_GROUPS } from '../src/config/option-row.ts'
import type { OptionName } from '../src/config/options.ts'
import { OPTION_ROWS } from '../src/config/options.ts'

const file = new URL('../docs/configuration.md', import.meta.url)

const INTRODUCTION = `# Configuration

<!-- Written by scripts/configuration-doc.ts from src/config/options.ts: change it there. -->

Leveret needs no configuration. Every option can be given in four places; where more than one gives
it, the first of these wins:

1. a flag: \`npm start -- --port 5673\`, \`leveret start --port=5673\`;
2. an environment variable, which is \`LEVERET_\` and the flag's name: \`LEVERET_PORT=5673\`. Variables
   of RabbitMQ that are named below are honoured too; our own wins over them. An empty variable counts
   as not set;
3. the file that \`--config\` or \`LEVERET_CONFIG\` names, in [TOML](https://toml.io), with the flags' names
   as keys;
4. the default.

A program that embeds the broker gives options to \`createBroker\` under the names in the last column,
and neither the environment nor a file is read.

An unknown option or a value that an option cannot have ends the start with one line that says where
it stands and what was expected. Sizes can be written with RabbitMQ's units: \`64KiB\`, \`128MiB\`,
\`1GiB\`, or \`50MB\` in powers of ten.

\`\`\`toml
# leveret.toml
host = "0.0.0.0"
port = 5672
loopback-users = []
max-message-size = "16MiB"
\`\`\`
`

function group(name: (typeof OPTION_GROUPS)[number]): string {
  const rows = [...OPTION_ROWS].filter(([, row]) => row.group === name)
  const lines = rows.map(([option, row]) => `| ${cells(option, row).join(' | ')} |\n`)
  return `\n## ${name}\n\n| flag | default | what it is | takes | in \`createBroker\` |\n| --- | --- | --- | --- | --- |\n${lines.join('')}`
}

function cells(option: OptionName, row: OptionRow): string[] {
  const aliases = row.environment?.map((name) => ` Also \`${name}\`.`) ?? []
  return [
    `\`--${row.flag}\``,
    defaultText(row) === '' ? '' : `\`${defaultText(row)}\``,
    row.doc + aliases.join(''),
    expectation(row),
    inProgram(option, row),
  ]
}

function inProgram(option: OptionName, row: OptionRow): string {
  if (row.group === 'Program') return ''
  const fallback = row.embedded === undefined ? '' : ` (default \`${row.embedded}\`)`
  return `\`${option}\`${fallback}`
}

const text = INTRODUCTION + OPTION_GROUPS.map(group).join('')

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/configuration.md is not what the table of options gives: npm run generate')
  process.exitCode = 1
}
