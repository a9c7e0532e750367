// What a batch costs that goes from one node to another, in processor time of this process, which is
// both: within the process, and over a NATS server of its own, whose time does not count.
//
//   npx tsx bench/micro/links.ts

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NatsCluster } from '../../scripts/nats/nats-cluster.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/logger.ts'
import { NatsBatchTraffic } from '../../src/broker/cluster/nats-batch-traffic.ts'
import { NatsLink } from '../../src/nats/nats-link.ts'
import type { BatchTraffic } from '../../src/sharding/link/batch-traffic.ts'
import { newLinkId } from '../../src/sharding/link/datagram.ts'
import { LinkReceivers } from '../../src/sharding/link/link-receivers.ts'
import { LinkSender } from '../../src/sharding/link/link-sender.ts'
import { LocalTraffic } from '../../src/sharding/link/local-traffic.ts'
import { formatNumber } from '../report/format.ts'
import { spreadOf } from '../report/results.ts'

/** Of each size. */
const BYTES = 32 << 20
const MAX_BATCHES = 5000
const SAMPLES = 5
const PARTS = 16

interface Cost {
  readonly cpuMicroseconds: number
  readonly batchesPerSecond: number
}

/** Sends as many as there is room for, again and again. */
async function run(from: BatchTraffic, to: BatchTraffic, batchBytes: number): Promise<Cost> {
  const address = `bench.${newLinkId()}`
  const parts = Array.from({ length: PARTS }, () => Buffer.alloc(batchBytes / PARTS, 'x'))
  const batches = Math.min(MAX_BATCHES, BYTES / batchBytes)
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  await new Promise<void>((resolve, reject) => {
    let received = 0
    let sent = 0
    const receivers = new LinkReceivers({
      traffic: to,
      clock: systemClock,
      address,
      onOpened() {},
      onBatch() {
        if (++received < batches) return
        receivers.close()
        sender.close()
        resolve()
      },
      onBroken: (_link, error) => reject(error),
    })
    const send = (): void => {
      for (; sender.hasRoom && sent < batches; sent++) sender.send(parts)
    }
    const sender = new LinkSender({
      traffic: from,
      address,
      linkId: newLinkId(),
      clock: systemClock,
      onDrained: send,
      onRefused: (reason) => reject(new Error(reason)),
    })
    send()
  })
  const { user, system } = process.cpuUsage(cpu)
  return {
    cpuMicroseconds: (user + system) / batches,
    batchesPerSecond: batches / ((performance.now() - startMs) / 1000),
  }
}

async function print(name: string, from: BatchTraffic, to: BatchTraffic): Promise<void> {
  for (const batchBytes of [256, 16 * 1024, 256 * 1024]) {
    const costs: Cost[] = []
    await run(from, to, batchBytes)
    for (let sample = 0; sample < SAMPLES; sample++) costs.push(await run(from, to, batchBytes))
    const cpu = spreadOf(costs.map(({ cpuMicroseconds }) => cpuMicroseconds))
    const rate = spreadOf(costs.map(({ batchesPerSecond }) => batchesPerSecond))
    const range = `(${formatNumber(cpu.min)} … ${formatNumber(cpu.max)})`
    const what = `${name}, ${batchBytes} B`
    process.stdout.write(
      `${what.padEnd(32)} ${formatNumber(cpu.median).padStart(7)} µs ${range}, ${formatNumber(rate.median)} batches/s\n`,
    )
  }
}

const directory = mkdtempSync(join(tmpdir(), 'leveret-bench-'))
const nats = await NatsCluster.start({ directory, user: 'bench', password: 'bench' })
const links: NatsLink[] = []

async function connect(): Promise<NatsLink> {
  const servers = nats.urls.slice(0, 1)
  const link = await NatsLink.open({ servers, name: 'bench', logger: silentLogger })
  links.push(link)
  return link
}

try {
  const trafficOf = (link: NatsLink): BatchTraffic =>
    new NatsBatchTraffic({ link, prefix: 'bench', clock: systemClock, logger: silentLogger })
  const [from, to] = [trafficOf(await connect()), trafficOf(await connect())]
  const local = new LocalTraffic(from, systemClock)
  await print('within the process', local, local)
  await print('over NATS', from, to)
} finally {
  for (const link of links) await link.close()
  await nats.stop('SIGKILL')
  rmSync(directory, { recursive: true })
}
