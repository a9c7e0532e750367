import { Argument } from '@commander-js/extra-typings'
import type { Program } from '../client/global-options.ts'
import { seconds } from '../client/numbers.ts'
import { openSession, type Session } from '../client/session.ts'
import { chosenColumns, missingColumns } from '../output/columns.ts'
import type { Shown } from '../output/output.ts'
import { sortedBy } from '../output/sorting.ts'
import { showWatched } from '../output/watching.ts'
import { NOUNS, type Noun } from './list-nouns.ts'

export function define(program: Program): void {
  program
    .command('list')
    .description('List what is there. Of all virtual hosts, unless --vhost names one.')
    .addArgument(new Argument('<what>', 'what to list').choices([...NOUNS.keys()]))
    .option('--columns <names>', 'only these, separated by commas: name,message_stats.publish')
    .option('--sort <column>', 'in this order; a minus before it turns it round: -messages')
    .option('--watch [seconds]', 'again and again, every 2 seconds unless said otherwise', seconds)
    .action(async (what, options, command) => {
      const session = await openSession(command.optsWithGlobals())
      const noun = NOUNS.get(what) as Noun
      const notes = new Set<string>()
      await showWatched(session.output, options.watch, () => list(session, noun, options, notes))
    })
}

interface ListOptions {
  readonly columns?: string | undefined
  readonly sort?: string | undefined
}

/** `notes` are those that have been shown: what is watched is not to repeat them. */
async function list(
  session: Session,
  noun: Noun,
  options: ListOptions,
  notes: Set<string>,
): Promise<Shown> {
  const { api, output, chosenVhost } = session
  const path = chosenVhost === undefined ? noun.path : (noun.pathIn?.(chosenVhost) ?? noun.path)
  const found = await api.get<readonly object[]>(path)
  const items = options.sort === undefined ? found : sortedBy(found, options.sort)
  if (options.columns === undefined) return output.table(noun.columns, items)
  const chosen = chosenColumns(options.columns)
  for (const missing of missingColumns(items, chosen).filter((note) => !notes.has(note))) {
    notes.add(missing)
    output.note(missing)
  }
  return output.table(chosen, items, true)
}
