// The bench: measures each scenario on each broker, round by round, and
// reports. `npm run bench -- --help` lists the options, README.md explains.

import { writeFileSync } from 'node:fs'
import { AlreadyRunning } from './brokers/already-running.ts'
import type { Broker } from './brokers/broker.ts'
import { findBroker } from './brokers/choice.ts'
import { killAll } from './brokers/server-process.ts'
import { measure } from './measure.ts'
import { type BenchOptions, HELP, parseOptions, UsageError } from './options.ts'
import { toJson } from './report/json.ts'
import { progressLine } from './report/progress.ts'
import { Results } from './report/results.ts'
import { formatTable, styleFor } from './report/table.ts'
import type { BrokerName, Scenario } from './scenario.ts'

process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

try {
  const options = parseOptions(process.argv.slice(2))
  if (options) process.exitCode = await bench(options)
  else process.stdout.write(HELP)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 2
}

/** The exit code: 1 when a broker lost, repeated or garbled anything, or a measurement failed. */
async function bench(options: BenchOptions): Promise<number> {
  const scenarios = chooseScenarios(options)
  const brokersOf = chooseBrokers(options, scenarios)
  const results = new Results()
  for (const scenario of scenarios) {
    const brokers = brokersOf(scenario)
    for (let round = 1; round <= options.rounds; round++) {
      // Turned round each time, so that none always has the machine as the other left it.
      const order = round % 2 === 1 ? brokers : brokers.toReversed()
      for (const broker of order) {
        for (const sample of await measure(scenario, broker, options)) {
          results.add(sample.step, broker.name, sample.figures, sample.faults)
          say(progressLine(`${round}/${options.rounds}`, broker.name, sample))
        }
      }
    }
  }
  const { durationSec, warmupSec, rounds } = options
  say('')
  process.stdout.write(`${formatTable(results, styleFor(process.stdout))}
Medians of ${rounds} round${rounds === 1 ? '' : 's'} of ${durationSec} s, ${warmupSec} s of each not counted (minimum … maximum).
* the load process was the limit: the broker can do more. CPU a message is right all the same.
`)
  if (options.jsonFile !== undefined) {
    writeFileSync(options.jsonFile, toJson(results, options))
    say(`Written to ${options.jsonFile}`)
  }
  return results.hasFaults ? 1 : 0
}

/** The start of a broker that runs already cannot be measured. */
function chooseScenarios({ url, scenarios }: BenchOptions): Scenario[] {
  if (url === undefined) return scenarios
  const works = new Set(['traffic', 'library', 'idle'])
  return scenarios.filter(({ steps }) => steps.every(({ work }) => works.has(work.kind)))
}

/** Those that are there of the ones asked for, or of the ones that a scenario wants. */
function chooseBrokers(
  { url, pid, brokers }: BenchOptions,
  scenarios: Scenario[],
): (scenario: Scenario) => Broker[] {
  if (url !== undefined) {
    const running = new AlreadyRunning(url, pid)
    return () => [running]
  }
  const wanted = new Set(brokers ?? scenarios.flatMap((scenario) => scenario.brokers))
  const found = new Map<BrokerName, Broker>()
  for (const name of wanted) {
    const broker = findBroker(name)
    if (broker) found.set(name, broker)
    else say(`There is no ${name} on this machine: going on without.`)
  }
  return (scenario) => (brokers ?? scenario.brokers).flatMap((name) => found.get(name) ?? [])
}

/** Progress goes to standard error, so that standard output is the report alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
