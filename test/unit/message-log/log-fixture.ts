import { type LogFields, silentLogger } from '../../../src/base/logger.ts'
import { Turn } from '../../../src/base/turn.ts'
import type { Message } from '../../../src/message/message.ts'
import { MessageLog } from '../../../src/message-log/message-log.ts'
import type { QueueLog, Ticket } from '../../../src/message-log/queue-log.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { bodyOf } from '../../support/sample-message.ts'
import { ManualJournal } from './manual-journal.ts'

/** A message log with a journal and a clock of the test's. */
export class LogFixture {
  readonly turn: Turn = new Turn()
  readonly clock: FakeClock = new FakeClock()
  readonly failing: boolean[] = []
  readonly stored: Ticket[] = []
  readonly logged: string[] = []
  readonly fields: LogFields[] = []
  readonly journal: ManualJournal
  readonly log: MessageLog
  readonly queue: QueueLog
  readonly other: QueueLog

  constructor(journal: ManualJournal = new ManualJournal(), untidyBytes = 4096) {
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
      untidyBytes,
    })
    this.log.listen({ stored: (ticket) => this.stored.push(ticket) })
    this.queue = this.log.queueLog(1)
    this.other = this.log.queueLog(2)
  }

  /** What is in the queues after the process has ended here and now. */
  async recovered(): Promise<string[]> {
    return (await recover(this.journal)).found
  }

  async storeAll(): Promise<void> {
    do {
      this.turn.run()
      await this.journal.settle('store')
    } while (this.journal.pendingCount > 0 || this.log.lastTicket > this.log.storedTicket)
  }
}

/** Opens the journal again as the next process would, and says what is in the queues. */
export async function recover(
  journal: ManualJournal,
  isKnown: (queueId: number) => boolean = () => true,
): Promise<{ again: LogFixture; found: string[]; messages: Message[] }> {
  const again = new LogFixture(journal.reopened())
  const found: string[] = []
  const messages: Message[] = []
  await again.log.recover((queueId, sequence, message, redelivered) => {
    found.push(`${queueId}/${sequence} ${bodyOf(message).toString()}${redelivered ? ' again' : ''}`)
    messages.push(message)
    return isKnown(queueId)
  })
  return { again, found, messages }
}
