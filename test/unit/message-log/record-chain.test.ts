import { describe, expect, it } from 'vitest'
import { LogEntry, type LogRecord } from '../../../src/message-log/log-entry.ts'
import { RecordChain } from '../../../src/message-log/record-chain.ts'
import { entryBytes } from '../../../src/message-log/record-format.ts'
import { sampleMessage } from '../../support/sample-message.ts'

const QUEUE_ID = 1

/** Puts a record of so many messages behind the others, which takes ten thousand bytes besides. */
function addRecord(chain: RecordChain, messageCount: number): LogRecord {
  const message = sampleMessage('x'.repeat(900))
  const entries = Array.from({ length: messageCount }, (_, n) => {
    return new LogEntry(message, QUEUE_ID, n, false)
  })
  const size = entries.reduce((sum, entry) => sum + entryBytes(entry), 10_000)
  const record = chain.begin(size, entries)
  chain.stored(record, 1)
  return record
}

function settle(chain: RecordChain, entry: LogEntry): void {
  const record = entry.record as LogRecord
  entry.remove(QUEUE_ID, entry.sequence)
  chain.shrank(entry, record)
}

describe('the chain of records', () => {
  it('keeps no message alive that has left its queues', () => {
    const chain = new RecordChain(0)
    const record = addRecord(chain, 2)
    const [first, second] = record.entries as LogEntry[]
    settle(chain, first!)
    expect(record.entries).toEqual([null, second])
    settle(chain, second!)
    expect(record.entries).toEqual([])
  })

  it('gives back no more stragglers at a time than it should, and in their order', () => {
    const chain = new RecordChain(160_000)
    const { entries } = addRecord(chain, 100)
    while (!chain.isUntidy) addRecord(chain, 0)
    const limit = 160_000 / 16 / 900
    const stragglers = chain.stragglers()
    expect(stragglers.length).toBeGreaterThan(limit / 2)
    expect(stragglers.length).toBeLessThan(limit * 2)
    expect(stragglers).toEqual(entries.slice(0, stragglers.length))
  })

  it('looks through more when more comes in', () => {
    const chain = new RecordChain(16_000)
    for (let n = 0; n < 50; n++) addRecord(chain, 1)
    expect(chain.stragglers()).toHaveLength(2)
    addRecord(chain, 10)
    expect(chain.stragglers()).toHaveLength(4)
  })

  it('has no stragglers when most of it is needed', () => {
    const chain = new RecordChain(16_000)
    for (let n = 0; n < 50; n++) addRecord(chain, 10)
    expect(chain.isUntidy).toBe(false)
    expect(chain.stragglers()).toEqual([])
  })
})
