import { type LogFields, silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import { MessageLog, type MessageLogOptions } from '../../../src/message-log/message-log.ts'
import type { QueueLog, StoredMessage, Ticket } from '../../../src/message-log/queue-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf } from '../../support/sample-message.ts'
import { ManualJournal, microtasks } from './manual-journal.ts'

export type FixtureOptions = Pick<
  MessageLogOptions,
  'untidyBytes' | 'definitions' | 'stamp' | 'onLost'
>

/** A message log with a journal and a clock of the test's. */
export class LogFixture {
  readonly turn: Turn = new Turn()
  readonly clock: FakeClock = new FakeClock()
  readonly failing: boolean[] = []
  readonly behind: boolean[] = []
  readonly stored: Ticket[] = []
  readonly logged: string[] = []
  readonly fields: LogFields[] = []
  readonly journal: ManualJournal
  readonly log: MessageLog
  readonly queue: QueueLog
  readonly other: QueueLog

  constructor(journal: ManualJournal = new ManualJournal(), options: FixtureOptions = {}) {
    const note = (fields: LogFields, message: string) => {
      this.fields.push(fields)
      this.logged.push(message)
    }
    this.journal = journal
    this.log = new MessageLog({
      journal,
      turn: this.turn,
      clock: this.clock,
      logger: { ...silentLogger, warn: note, error: note },
      onFailing: (failing) => this.failing.push(failing),
      onBehind: (isBehind) => this.behind.push(isBehind),
      ...options,
    })
    this.queue = this.log.queueLog(1)
    this.other = this.log.queueLog(2)
  }

  /** Adds to `stored` once what was noted until now is safe. */
  listen(): void {
    this.log.listen({ stored: (ticket) => this.stored.push(ticket) })
  }

  /** Ends the turn, and stores what was noted then, but not what comes of it. */
  async storeTurn(): Promise<void> {
    this.turn.run()
    while (this.journal.pendingCount > 0) await this.journal.settle('store')
    await microtasks()
  }

  async storeAll(): Promise<void> {
    do await this.storeTurn()
    while (this.log.lastTicket > this.log.storedTicket)
  }

  /** What is read back from the log, without the next process. */
  async contents(): Promise<string[]> {
    return [...(await contentsOf(this.queue, 1)), ...(await contentsOf(this.other, 2))]
  }

  /** What is in the queues after the process has ended here and now. */
  async recovered(): Promise<string[]> {
    return (await recover(this.journal)).contents()
  }
}

/** Opens the journal again as the next process would. */
export async function recover(
  journal: ManualJournal,
  options: FixtureOptions = {},
): Promise<LogFixture> {
  const again = new LogFixture(journal.reopened(), options)
  await again.log.recover()
  return again
}

/** Reads a queue from its beginning to its end. */
export async function readAll(queue: QueueLog): Promise<StoredMessage[]> {
  const found: StoredMessage[] = []
  for (let from = 0; from < queue.nextSequence; ) {
    const { messages, next } = await queue.read(from, queue.nextSequence - 1)
    found.push(...messages)
    from = next
  }
  return found
}

async function contentsOf(queue: QueueLog, queueId: number): Promise<string[]> {
  return (await readAll(queue)).map(({ message, sequence, delivered }) => {
    return `${queueId}/${sequence} ${bodyOf(message).toString()}${delivered ? ' again' : ''}`
  })
}
