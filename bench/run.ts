// The bench: measures each scenario on each broker, round by round, and
// reports. `npm run bench -- --help` lists the options, README.md explains.

import { writeFileSync } from 'node:fs'
import { AlreadyRunning } from './brokers/already-running.ts'
import type { Broker } from './brokers/broker.ts'
import { Leveret } from './brokers/leveret.ts'
import { findRabbitMq } from './brokers/rabbitmq.ts'
import { killAll } from './brokers/server-process.ts'
import { measure } from './measure.ts'
import { type BenchOptions, HELP, parseOptions, UsageError } from './options.ts'
import { toJson } from './report/json.ts'
import { progressLine } from './report/progress.ts'
import { Results } from './report/results.ts'
import { formatTable, styleFor } from './report/table.ts'
import type { Scenario } from './scenarios.ts'

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
  const brokers = chooseBrokers(options)
  const results = new Results()
  for (const scenario of chooseScenarios(options)) {
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
  return scenarios.filter(({ steps }) => steps.every(({ work }) => work.kind !== 'start'))
}

function chooseBrokers({ url, pid, brokers }: BenchOptions): Broker[] {
  if (url !== undefined) return [new AlreadyRunning(url, pid)]
  const chosen: Broker[] = []
  for (const name of brokers) {
    if (name === 'leveret') chosen.push(new Leveret())
    else if (name !== 'rabbitmq') throw new UsageError(`there is no broker "${name}"`)
    else {
      const rabbitmq = findRabbitMq()
      if (rabbitmq) chosen.push(rabbitmq)
      else say('No RabbitMQ is installed on this machine (no rabbitmq-server): going on without.')
    }
  }
  return chosen
}

/** Progress goes to standard error, so that standard output is the report alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
