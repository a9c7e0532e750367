import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { apiPath } from '../client/api-path.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { openSession, type Session } from '../client/session.ts'
import { harmlessJson } from '../output/harmless.ts'

export function define(program: Program): void {
  const definitions = program
    .command('definitions')
    .description("What is declared, in RabbitMQ's form; of all, unless --vhost names one.")
  definitions
    .command('export')
    .description('Write it to a file, or to standard output.')
    .argument('[file]', 'where to; hashes of passwords are in it')
    .action(async (file, _options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const { api, output } = session
      const document = await api.get(pathOf(session))
      const json = JSON.stringify(document, null, 2)
      if (file === undefined) return output.show({ lines: [harmlessJson(json)], json: document })
      await writeFile(file, `${json}\n`, { mode: 0o600 })
      output.done(`Exported definitions to ${file}`, { exported: true })
    })
  definitions
    .command('import')
    .description('Take it from a file; what is there already stays.')
    .argument('<file>', 'where from; - is standard input')
    .action(async (file, _options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const json = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8')
      await session.api.postLong(pathOf(session), parsed(json, file))
      session.output.done(`Imported definitions from ${file}`, { imported: true })
    })
}

const pathOf = ({ chosenVhost }: Session): string =>
  chosenVhost === undefined ? '/definitions' : apiPath`/definitions/${chosenVhost}`

function parsed(json: string, file: string): object {
  try {
    const document: unknown = JSON.parse(json)
    if (typeof document === 'object' && document !== null) return document
  } catch (error) {
    throw new CommandError('failed', `${file}: ${(error as Error).message}`)
  }
  throw new CommandError('failed', `${file}: expected an object`)
}
