import { TX_COMMIT_OK, TX_ROLLBACK_OK, TX_SELECT_OK } from 'amqp-codec'
import { REJECTED } from '../../exchange/destination.ts'
import { cannotSwitchToTx, channelNotTransactional, partialTransaction } from '../../reasons.ts'
import type { Channel } from '../channel.ts'
import type { Transaction } from '../transaction.ts'

export function txSelect(channel: Channel): void {
  if (channel.confirms !== null) throw cannotSwitchToTx()
  channel.selectTransaction()
  channel.context.output.method(channel.number, { id: TX_SELECT_OK })
}

export function txCommit(channel: Channel): void {
  transactionOf(channel).commit(channel, (outcome) => {
    channel.when(outcome, (known) => {
      if (known === REJECTED) throw partialTransaction()
      channel.context.output.method(channel.number, { id: TX_COMMIT_OK })
    })
  })
}

export function txRollback(channel: Channel): void {
  transactionOf(channel).rollback(channel)
  channel.context.output.method(channel.number, { id: TX_ROLLBACK_OK })
}

function transactionOf(channel: Channel): Transaction {
  if (channel.transaction === null) throw channelNotTransactional()
  return channel.transaction
}
