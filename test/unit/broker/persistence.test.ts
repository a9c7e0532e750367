// What a broker keeps in its data directory, put together and closed again.

import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import { Persistence, type PersistenceOptions } from '../../../src/broker/persistence.ts'
import { PAGE_BYTES, Page } from '../../../src/queue/page.ts'
import type { Spill } from '../../../src/queue/spill.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { sampleMessage } from '../../support/sample-message.ts'
import { temporaryDirectory } from '../../support/temporary-directory.ts'
import { readAll } from '../message-log/log-fixture.ts'

const MIB = 1024 * 1024

/** What is still open. */
const left = new Set<Persistence>()

afterEach(async () => {
  for (const persistence of left) await close(persistence)
})

async function close(persistence: Persistence): Promise<void> {
  left.delete(persistence)
  await persistence.close()
}

async function open(
  dataDir: string,
  options: Partial<PersistenceOptions> = {},
): Promise<Persistence> {
  const persistence = await Persistence.open({
    dataDir,
    durability: 'os',
    messageMemoryBytes: MIB,
    turn: new Turn(),
    clock: systemClock,
    logger: silentLogger,
    definitions: { pending: () => undefined, isQueueStored: () => true },
    onFailing() {},
    onBehind() {},
    ...options,
  })
  left.add(persistence)
  await persistence.messageLog.recover()
  return persistence
}

const message = (bytes: number) =>
  sampleMessage('x'.repeat(bytes), { properties: { deliveryMode: 2 } })

function page(): Page {
  const full = new Page(0, Buffer.alloc(PAGE_BYTES))
  for (let sequence = 0; full.add(message(1000), sequence, 0, false); sequence++);
  full.seal()
  return full
}

describe('publishers are held back', () => {
  it('from when the first of journal and spill file is behind until both have caught up', async () => {
    const behind: boolean[] = []
    const persistence = await open(temporaryDirectory(), {
      onBehind: (isBehind) => behind.push(isBehind),
    })
    const { messageLog, queueStorage } = persistence
    const queue = messageLog.queueLog(1)
    for (let sequence = 0; sequence < 9; sequence++) queue.enqueue(message(MIB), sequence)
    expect(behind).toEqual([true])
    const writing = Array.from({ length: 80 }, () => (queueStorage.spill as Spill).write(page()))
    expect(behind).toEqual([true])
    await messageLog.settled()
    await Promise.all(writing)
    expect(behind).toEqual([true, false])
  })
})

describe('what is kept in a data directory', () => {
  it('is stored when it has been closed, and found again', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory)
    const queue = before.messageLog.queueLog(1)
    for (let sequence = 0; sequence < 3; sequence++) queue.enqueue(message(10), sequence)
    await close(before)
    const { messageLog } = await open(directory)
    const found = await readAll(messageLog.queueLog(1))
    expect(found.map(({ sequence }) => sequence)).toEqual([0, 1, 2])
  })

  it('is no page: their file goes with the process', async () => {
    const directory = temporaryDirectory()
    const persistence = await open(directory)
    await (persistence.queueStorage.spill as Spill).write(page())
    expect(existsSync(join(directory, 'spill'))).toBe(true)
    await close(persistence)
    expect(existsSync(join(directory, 'spill'))).toBe(false)
  })

  it('is not for two at a time', async () => {
    const directory = temporaryDirectory()
    const first = await open(directory)
    await expect(open(directory)).rejects.toThrow(StoreError)
    await close(first)
    await open(directory)
  })

  it('can be used when it could not before', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'spill'))
    await expect(open(directory)).rejects.toThrow('spill')
    rmdirSync(join(directory, 'spill'))
    await open(directory)
  })

  it('has as much memory as it was given', async () => {
    const { queueStorage } = await open(temporaryDirectory(), { messageMemoryBytes: 12_345 })
    expect(queueStorage.budget.limitBytes).toBe(12_345)
  })
})
