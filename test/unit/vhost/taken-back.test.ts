import { expect, it } from 'vitest'
import { silentLogger } from '../../../src/base/logger.ts'
import { Definitions } from '../../../src/definitions/definitions.ts'
import type { Queue } from '../../../src/queue/queue.ts'
import { MemoryDisk } from '../../../src/store/memory/memory-disk.ts'
import { MemoryMetadata } from '../../../src/store/memory/memory-metadata.ts'
import { Vhost } from '../../../src/vhost/vhost.ts'
import { FaultyMetadata, type MetadataFault } from '../../support/faulty-metadata.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const DURABLE = { durable: true, autoDelete: false, exclusiveOwner: null, arguments: new Map() }

const CHANGES: Record<string, (vhost: Vhost, queue: Queue) => void> = {
  paused: (vhost, queue) => vhost.pauseQueue(queue, true),
  'given a delayed message': (vhost, queue) => {
    vhost.delays.delay(queue, sampleMessage('m'), 1000)
  },
}

it.each(Object.keys(CHANGES))(
  'a queue is taken back that was %s before it was stored',
  async (name) => {
    let fault: MetadataFault | undefined = 'refuse'
    const disk = new MemoryDisk()
    const metadata = new FaultyMetadata(new MemoryMetadata(disk), () => fault)
    const definitions = new Definitions(metadata, silentLogger, 0)
    const vhost = new Vhost('v', { definitions })
    const queue = vhost.declareQueue('q', DURABLE, {})
    CHANGES[name]?.(vhost, queue)
    await expect(vhost.queueStored('q')).rejects.toThrow('cannot be stored')
    await definitions.close()
    expect([vhost.queues.size, vhost.delays.countOf(queue)]).toEqual([0, 0])
    fault = undefined
    vhost.declareQueue('q', DURABLE, {})
    await vhost.queueStored('q')
    expect([...disk.definitions.durable.values()]).toEqual([expect.stringContaining('"id":')])
  },
)
