// The bench of clusters: measures each scenario on each of them, by turns, and reports.
// `npm run bench -- cluster --help` lists the options, README.md explains.

import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { killAll } from '../brokers/server-process.ts'
import { formatRate } from '../report/format.ts'
import { measureDeclarations } from './declarations.ts'
import { leveretCluster } from './leveret-cluster.ts'
import { type ClusterTiming, measureTraffic } from './measure.ts'
import { rabbitCluster } from './rabbitmq-cluster.ts'
import { ClusterResults } from './results.ts'
import type { BenchCluster } from './running-cluster.ts'
import { CLUSTER_SCENARIOS, type ClusterScenario } from './scenarios.ts'

const HELP = `npm run bench -- cluster [options]

Measures a cluster of Leveret on this machine, and one of RabbitMQ beside it where that is installed.

  --scenario elsewhere  only these (all: ${CLUSTER_SCENARIOS.map(({ name }) => name).join(', ')})
  --nodes 1,2,3         how many nodes of Leveret there are; 3 unless it is given. RabbitMQ has 3
  --clusters leveret    only these, of leveret and rabbitmq
  --duration 30         seconds for a measurement
  --warmup 12           seconds at its beginning that do not count: V8 compiles nodes for so long
  --rounds 3            measurements of each; the report gives their median
  --declare 10000       so many queues are declared at the end; 0 for none
`

interface Options extends ClusterTiming {
  readonly scenarios: readonly ClusterScenario[]
  readonly sizes: readonly number[]
  readonly clusters: readonly string[]
  readonly rounds: number
  readonly declare: number
}

process.once('exit', killAll)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

const options = parseOptions(process.argv.slice(2))
if (options === undefined) process.stdout.write(HELP)
else await bench(options)

async function bench(given: Options): Promise<void> {
  const results = new ClusterResults()
  for (let round = 1; round <= given.rounds; round++) {
    const turns = turnsOf(given)
    for (const turn of round % 2 === 1 ? turns : turns.toReversed()) {
      await measureOne(
        turn.cluster,
        turn.size,
        { ...given, isLast: round === given.rounds },
        results,
      )
    }
  }
  process.stdout.write(`${results.table()}\n`)
}

/** A cluster that is started for it, through all scenarios. */
async function measureOne(
  cluster: BenchCluster,
  size: number,
  given: Options & { readonly isLast: boolean },
  results: ClusterResults,
): Promise<void> {
  const running = await cluster.start(size)
  try {
    for (const scenario of given.scenarios) {
      const figures = await measureTraffic(running, scenario, given).catch((error: Error) => error)
      if (figures instanceof Error) {
        process.exitCode = 1
        say(`${cluster.name} ${size} ${scenario.name}: FAULT: ${figures.message}`)
        continue
      }
      results.add(scenario, cluster.name, size, figures)
      const load = (loadavg()[0] as number).toFixed(1)
      say(
        `${cluster.name} ${size} ${scenario.name}: ${formatRate(figures.messagesPerSec)}/s, ` +
          `${figures.nodeCpuUs.toFixed(2)} µs in nodes, ${figures.storeCpuUs.toFixed(2)} µs in NATS, ` +
          `others keep ${figures.otherCores.toFixed(1)} cores busy, load ${load}`,
      )
    }
    if (given.declare === 0 || !given.isLast) return
    const type = cluster.name === 'rabbitmq' ? 'quorum' : undefined
    const { queues, seconds } = await measureDeclarations(running, given.declare, type)
    const rate = formatRate(queues / seconds)
    say(`${cluster.name} ${size}: ${queues} queues declared in ${seconds.toFixed(1)} s, ${rate}/s`)
  } finally {
    await running.stop()
  }
}

function turnsOf({ clusters, sizes }: Options): { cluster: BenchCluster; size: number }[] {
  const turns = sizes.map((size) => ({ cluster: leveretCluster, size }))
  const rabbit = rabbitCluster()
  if (rabbit === undefined) say('There is no RabbitMQ on this machine: going on without.')
  const all = rabbit === undefined ? turns : [...turns, { cluster: rabbit, size: 3 }]
  return all.filter(({ cluster }) => clusters.includes(cluster.name))
}

function parseOptions(args: string[]): Options | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: {
      ...{ scenario: text, nodes: text, clusters: text, duration: text, warmup: text },
      ...{ rounds: text, declare: text, help: { type: 'boolean', short: 'h' } },
    },
  })
  if (values.help) return undefined
  const names = values.scenario?.split(',')
  return {
    scenarios: CLUSTER_SCENARIOS.filter(({ name }) => names?.includes(name) ?? true),
    sizes: (values.nodes ?? '3').split(',').map(Number),
    clusters: (values.clusters ?? 'leveret,rabbitmq').split(','),
    durationSec: Number(values.duration ?? 30),
    warmupSec: Number(values.warmup ?? 12),
    rounds: Number(values.rounds ?? 3),
    declare: Number(values.declare ?? 10_000),
  }
}

/** Progress goes to standard error, so that standard output is the report alone. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
