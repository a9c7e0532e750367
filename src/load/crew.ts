// Opens the connections of one measurement: each producer and each consumer
// has its own.

import { Confirms } from './confirms.ts'
import { Consumer } from './consumer.ts'
import type { Ledger } from './ledger.ts'
import { Producer } from './producer.ts'
import { makeReel } from './reel.ts'
import type { Session } from './session.ts'
import type { Tally } from './tally.ts'
import type { Topology } from './topology.ts'
import type { Target, TrafficLoad } from './traffic-load.ts'

/** What all producers and consumers of a measurement share. */
export interface Crew {
  job: TrafficLoad
  topology: Topology
  ledger: Ledger
  tally: Tally
  /** Whether consumers take times. */
  recordLatency: boolean
  /** Connects to one of these in turn: the next for the next number. */
  open: (nodes: readonly Target[] | undefined, id: number) => Promise<Session>
  /** Something came in or went out. */
  onProgress: () => void
}

export async function openConsumers(crew: Crew): Promise<Consumer[]> {
  const { consumers, bodySizeBytes, prefetch, ackEvery } = crew.job.shape
  const opened: Consumer[] = []
  for (let id = 0; id < consumers; id++) {
    const consumer = new Consumer(await crew.open(crew.job.consumeThrough, id), {
      ledger: crew.ledger,
      tally: crew.tally,
      bodySizeBytes,
      prefetch,
      ackEvery,
      recordLatency: crew.recordLatency,
      onProgress: crew.onProgress,
    })
    await consumer.setPrefetch()
    opened.push(consumer)
  }
  return opened
}

/** Consumer j takes the queues j, j + consumers, …; with more consumers than queues they share. */
export async function consumeAll(crew: Crew, consumers: Consumer[]): Promise<void> {
  if (consumers.length === 0) return
  const { queues } = crew.job.shape
  for (let index = 0; index < Math.max(queues, consumers.length); index++) {
    const queue = index % queues
    const subscription = crew.ledger.subscription(
      queue,
      consumers.length <= queues,
      crew.job.shape.priorities > 0,
    )
    const consumer = consumers[index % consumers.length] as Consumer
    await consumer.consume(crew.topology.queueName(queue), subscription)
  }
}

export async function openProducers(crew: Crew): Promise<Producer[]> {
  const { topology, ledger, tally, onProgress } = crew
  const { shape, runId } = crew.job
  const { producers, exchange, queues, bodySizeBytes, persistent, priorities, confirmWindow } =
    shape
  const opened: Producer[] = []
  for (let id = 0; id < producers; id++) {
    const session = await crew.open(crew.job.publishThrough, id)
    const reel = makeReel({
      exchange: topology.exchange,
      routes: topology.routes(),
      bodySizeBytes,
      persistent,
      priorities,
      frameMax: session.frameMax,
    })
    const producer = new Producer(session, reel, {
      id,
      runId,
      queues,
      copies: exchange === 'fanout' ? queues : 1,
      confirms: confirmWindow > 0 ? new Confirms(confirmWindow, ledger, tally) : undefined,
      tally,
      onProgress,
    })
    await producer.prepare()
    opened.push(producer)
  }
  return opened
}
