// The same flow through an unmodified amqplib, one connection to publish and
// one to consume: what a Node program gets out of the broker. Here the client
// is most of the work, so the throughput says little about the broker; its CPU
// a message does.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib'
import { Ledger } from '../../src/load/ledger.ts'
import { Tally } from '../../src/load/tally.ts'
import type { Target, TrafficShape } from '../../src/load/traffic-load.ts'
import { resetPeak, residentMiB } from '../brokers/process-tree.ts'
import { trafficFigures } from './figures.ts'
import type { JobResult, LibraryJob } from './job.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

/** Published in one turn of the event loop; then the library gets to write and to read. */
const BURST = 200

export async function runLibrary(job: LibraryJob): Promise<JobResult> {
  const tally = new Tally()
  const ledger = new Ledger(1, 1, job.runId)
  const queue = `${job.prefix}-library`
  const url = libraryUrl(job.target)
  const publishing = await connect(url)
  const consuming = await connect(url)
  const publisher = await publishing.createChannel()
  const consumer = await consuming.createChannel()
  await publisher.assertQueue(queue, { durable: false })
  await publisher.purgeQueue(queue)
  const subscription = ledger.subscription(0, true)
  const onMessage = (message: ConsumeMessage | null): void => {
    if (!message) return ledger.fault('consumer cancelled')
    const { content, fields } = message
    const sequence = content.readUInt32BE(4)
    ledger.arrived(subscription, content.readUInt16BE(0), 0, sequence, fields.redelivered)
    tally.consumed++
  }
  const { consumerTag } = await consumer.consume(queue, onMessage, { noAck: true })

  if (job.pid > 0) resetPeak(job.pid)
  const start = performance.now()
  let begin = takeSnapshot(tally, job.pid)
  let warm = false
  while (performance.now() - start < job.durationSec * 1000) {
    if (!warm && performance.now() - start >= job.warmupSec * 1000) {
      warm = true
      begin = takeSnapshot(tally, job.pid)
    }
    if (!publishBurst(publisher, queue, job, tally)) await drained(publisher)
    await nextTurn()
  }
  const stopped: Snapshot = takeSnapshot(tally, job.pid)
  const giveUpAt = performance.now() + 20_000
  while (tally.consumed < tally.published && performance.now() < giveUpAt) await nextTurn()
  const end = takeSnapshot(tally, job.pid)
  ledger.settle(0, 0, tally.published)
  await consumer.cancel(consumerTag)
  await publisher.deleteQueue(queue)
  await Promise.all([publishing, consuming].map((connection: ChannelModel) => connection.close()))
  const figures = trafficFigures(SHAPE, tally, { begin, stopped, published: end, end })
  if (job.pid > 0) figures.peakMiB = residentMiB(job.pid, 'peak')
  return { figures, faults: ledger.faults() }
}

/** False when the library's write buffer is full. */
function publishBurst(channel: Channel, queue: string, job: LibraryJob, tally: Tally): boolean {
  for (let i = 0; i < BURST && tally.published - tally.consumed < job.inflight; i++) {
    const body = Buffer.alloc(job.bodySizeBytes, 'a')
    body.writeUInt16BE(job.runId, 0)
    body.writeUInt16BE(0, 2)
    body.writeUInt32BE(tally.published++, 4)
    if (!channel.sendToQueue(queue, body)) return false
  }
  return true
}

async function drained(channel: Channel): Promise<void> {
  await new Promise((resolve) => channel.once('drain', resolve))
}

function libraryUrl({ host, port, user, password, vhost }: Target): string {
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
  return `amqp://${login}@${host}:${port}/${encodeURIComponent(vhost)}`
}

const SHAPE: Pick<TrafficShape, 'producers' | 'consumers' | 'ratePerSec'> = {
  producers: 1,
  consumers: 1,
  ratePerSec: 0,
}
