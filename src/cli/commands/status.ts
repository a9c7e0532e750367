import { apiPath } from '../client/api-path.ts'
import { CommandError } from '../client/exit-code.ts'
import type { Program } from '../client/global-options.ts'
import { seconds } from '../client/numbers.ts'
import { openSession, type Session } from '../client/session.ts'
import { columns } from '../output/columns.ts'
import type { Shown } from '../output/output.ts'
import { showWatched } from '../output/watching.ts'
import { type Node, type Overview, statusRows } from './status-rows.ts'

export function define(program: Program): void {
  program
    .command('status')
    .description('How the broker is doing.')
    .option('--watch [seconds]', 'again and again, every 2 seconds unless said otherwise', seconds)
    .action(async (options, command) => {
      const session = await openSession(command.optsWithGlobals())
      await showWatched(session.output, options.watch, () => status(session))
    })
}

async function status({ api, output }: Session): Promise<Shown> {
  const overview = await api.get<Overview>('/overview')
  const node = await api.get<Node>(apiPath`/nodes/${overview.node}`).catch((error: unknown) => {
    // Who may not look at nodes may still know the rest.
    if (error instanceof CommandError && error.outcome === 'notAuthorised') return undefined
    throw error
  })
  const rows = statusRows(overview, node)
  const { lines } = output.table(columns('what', 'figure'), rows)
  return {
    lines: output.isTerminal ? lines.slice(1) : lines,
    json: { overview, node: node ?? null },
  }
}
