import { Option } from '@commander-js/extra-typings'
import { apiPath } from '../client/api-path.ts'
import type { Program } from '../client/global-options.ts'
import { keyValues } from '../client/key-values.ts'
import { wholeNumber } from '../client/numbers.ts'
import { openSession } from '../client/session.ts'

const APPLY_TO = [
  'all',
  'queues',
  'classic_queues',
  'quorum_queues',
  'streams',
  'exchanges',
] as const
const OPERATOR = ['--operator', "an operator's policy, which users' policies cannot widen"] as const

export function define(program: Program): void {
  const policy = program
    .command('policy')
    .description('Policies: settings for all whose name fits.')
  policy
    .command('set')
    .description('Set a policy.')
    .argument('<policy>', 'name')
    .argument('<pattern>', 'names that it is for, as a regular expression')
    .argument('<settings...>', 'each as key=value: max-length=1000 message-ttl=60000')
    .addOption(new Option('--apply-to <what>', 'what it is for').choices(APPLY_TO).default('all'))
    .option('--priority <number>', 'of several that fit, the highest counts', wholeNumber(0), 0)
    .option(...OPERATOR)
    .action(async (name, pattern, settings, options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      const created = await api.put(policyPath(vhost, name, options), {
        pattern,
        definition: keyValues(settings),
        'apply-to': options.applyTo,
        priority: options.priority,
      })
      output.done(`Set policy "${name}" in "${vhost}"`, { created })
    })
  policy
    .command('delete')
    .description('Delete a policy.')
    .argument('<policy>', 'name')
    .option(...OPERATOR)
    .action(async (name, options, command) => {
      const { api, output, vhost } = await openSession(command.optsWithGlobals())
      await api.delete(policyPath(vhost, name, options))
      output.done(`Deleted policy "${name}" from "${vhost}"`, { deleted: true })
    })
}

interface PolicyOptions {
  readonly operator?: true | undefined
}

function policyPath(vhost: string, name: string, { operator }: PolicyOptions): string {
  return operator
    ? apiPath`/operator-policies/${vhost}/${name}`
    : apiPath`/policies/${vhost}/${name}`
}
