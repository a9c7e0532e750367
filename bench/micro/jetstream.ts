// What a cluster's engine does on this machine, with three nats-servers of its own: records appended
// and recovered, and how long nothing is confirmed when the owner of a shard is killed or stopped.
//
//   npx tsx bench/micro/jetstream.ts [failovers, 5 unless it is given]

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsCluster } from '../../scripts/nats/nats-cluster.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { NatsLink } from '../../src/nats/nats-link.ts'
import { JetStreamApi } from '../../src/store/jetstream/jet-stream-api.ts'
import { JetStreamJournal } from '../../src/store/jetstream/jetstream-journal.ts'
import { LogStream } from '../../src/store/jetstream/log-stream.ts'
import { Stage } from '../../test/cluster/faults/stage.ts'
import { formatNumber } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'

const MESSAGES_A_RECORD = 64
/** What the log stores of a message beside its body. */
const OVERHEAD_BYTES = 40
const RECORDS = 4000
const SAMPLES = 3

const failovers = Number(process.argv[2] ?? 5)

function print(name: string, values: number[], unit: string): void {
  const { median, min, max } = spreadOf(values)
  const range = `(${formatNumber(min)} … ${formatNumber(max)})`
  process.stdout.write(`${name.padEnd(58)} ${formatNumber(median).padStart(9)} ${unit}  ${range}\n`)
}

interface Rates {
  readonly appended: number
  readonly recovered: number
  readonly cpuNanoseconds: number
}

async function measure(link: NatsLink, replicas: number, bodySizeBytes: number): Promise<Rates> {
  const api = new JetStreamApi(link.requests)
  const name = `bench-${replicas}-${bodySizeBytes}-${Date.now()}`
  const patience = { untilMs: performance.now() + 30_000 }
  const stream = await LogStream.create(api, { name, subject: `bench.${name}`, replicas }, patience)
  const open = (epoch: number): Promise<JetStreamJournal> =>
    JetStreamJournal.open({ stream, epoch, onDamage() {}, onFenced() {} })
  const record = [Buffer.alloc(MESSAGES_A_RECORD * (bodySizeBytes + OVERHEAD_BYTES), 'x')]
  const messages = RECORDS * MESSAGES_A_RECORD

  const journal = await open(1)
  await journal.recover(() => {})
  const cpu = process.cpuUsage()
  let startMs = performance.now()
  await Promise.all(Array.from({ length: RECORDS }, () => journal.append(record)))
  const appended = messages / ((performance.now() - startMs) / 1000)
  const { user, system } = process.cpuUsage(cpu)

  const next = await open(2)
  startMs = performance.now()
  await next.recover(() => {})
  const recovered = messages / ((performance.now() - startMs) / 1000)
  await api.deleteStream(name)
  return { appended, recovered, cpuNanoseconds: ((user + system) * 1000) / messages }
}

async function measureRates(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'leveret-bench-'))
  const nats = await NatsCluster.start({ directory, user: 'bench', password: 'bench' })
  const link = await NatsLink.open({ servers: nats.urls, name: 'bench', logger: silentLogger })
  try {
    for (const replicas of [1, 3]) {
      for (const bodySizeBytes of [100, 1024]) {
        const rates: Rates[] = []
        for (let sample = 0; sample < SAMPLES; sample++) {
          rates.push(await measure(link, replicas, bodySizeBytes))
        }
        const what = `${bodySizeBytes} B, 64 a record, copies: ${replicas}`
        print(
          `${what}: append`,
          rates.map(({ appended }) => appended),
          'msg/s',
        )
        print(
          `${what}: this process`,
          rates.map((rate) => rate.cpuNanoseconds),
          'ns/msg',
        )
        print(
          `${what}: recover`,
          rates.map(({ recovered }) => recovered),
          'msg/s',
        )
      }
    }
  } finally {
    await link.close()
    await nats.stop('SIGKILL')
    rmSync(directory, { recursive: true })
  }
}

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The longest time in which a shard confirmed nothing, for each time that an owner was hurt. */
async function measureGaps(signal: 'SIGKILL' | 'SIGSTOP'): Promise<number[]> {
  const gaps: number[] = []
  for (let run = 0; run < failovers; run++) {
    // Few records, since what is measured is not how long they take to be recovered.
    const stage = await Stage.build(2)
    try {
      await pass(1000)
      stage.takeLongestGapMs()
      if (signal === 'SIGKILL') await stage.nodes[run % 3]?.stop(signal)
      else stage.nodes[run % 3]?.signal(signal)
      await pass(3000)
      await stage.progress()
      gaps.push(stage.takeLongestGapMs())
    } finally {
      await stage.clear()
    }
  }
  return gaps
}

await measureRates()
if (failovers > 0) {
  print('owner killed: longest time without a confirm', await measureGaps('SIGKILL'), 'ms')
  print('owner stopped: longest time without a confirm', await measureGaps('SIGSTOP'), 'ms')
}
