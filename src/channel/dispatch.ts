import {
  ACCESS_REQUEST,
  BASIC_ACK,
  BASIC_CANCEL,
  BASIC_CANCEL_OK,
  BASIC_CONSUME,
  BASIC_GET,
  BASIC_NACK,
  BASIC_QOS,
  BASIC_RECOVER,
  BASIC_RECOVER_ASYNC,
  BASIC_REJECT,
  CHANNEL_CLOSE,
  CHANNEL_FLOW,
  CHANNEL_OPEN,
  CONFIRM_SELECT,
  EXCHANGE_BIND,
  EXCHANGE_DECLARE,
  EXCHANGE_DELETE,
  EXCHANGE_UNBIND,
  type Method,
  QUEUE_BIND,
  QUEUE_DECLARE,
  QUEUE_DELETE,
  QUEUE_PURGE,
  QUEUE_UNBIND,
  TX_COMMIT,
  TX_ROLLBACK,
  TX_SELECT,
} from 'amqp-codec'
import { unimplementedMethod } from '../reasons.ts'
import type { Channel } from './channel.ts'
import * as basic from './methods/basic.ts'
import * as channelClass from './methods/channel.ts'
import * as confirm from './methods/confirm.ts'
import * as exchange from './methods/exchange.ts'
import * as queue from './methods/queue.ts'
import * as settling from './methods/settling.ts'
import * as tx from './methods/tx.ts'

/** Every method that a client may send on an open channel, but `basic.publish`: see Channel. */
export function dispatch(channel: Channel, method: Method): void {
  switch (method.id) {
    case BASIC_ACK:
      return settling.basicAck(channel, method)
    case BASIC_NACK:
      return settling.basicNack(channel, method)
    case BASIC_REJECT:
      return settling.basicReject(channel, method)
    case BASIC_RECOVER:
      return settling.basicRecover(channel, method)
    case BASIC_RECOVER_ASYNC:
      return settling.basicRecoverAsync(channel, method)
    case BASIC_QOS:
      return basic.basicQos(channel, method)
    case BASIC_CONSUME:
      return basic.basicConsume(channel, method)
    case BASIC_CANCEL:
      return basic.basicCancel(channel, method)
    case BASIC_GET:
      return basic.basicGet(channel, method)
    case QUEUE_DECLARE:
      return queue.queueDeclare(channel, method)
    case QUEUE_BIND:
      return queue.queueBind(channel, method)
    case QUEUE_UNBIND:
      return queue.queueUnbind(channel, method)
    case QUEUE_PURGE:
      return queue.queuePurge(channel, method)
    case QUEUE_DELETE:
      return queue.queueDelete(channel, method)
    case EXCHANGE_DECLARE:
      return exchange.exchangeDeclare(channel, method)
    case EXCHANGE_DELETE:
      return exchange.exchangeDelete(channel, method)
    case EXCHANGE_BIND:
      return exchange.exchangeBind(channel, method)
    case EXCHANGE_UNBIND:
      return exchange.exchangeUnbind(channel, method)
    case CONFIRM_SELECT:
      return confirm.confirmSelect(channel, method)
    case TX_SELECT:
      return tx.txSelect(channel)
    case TX_COMMIT:
      return tx.txCommit(channel)
    case TX_ROLLBACK:
      return tx.txRollback(channel)
    case CHANNEL_OPEN:
      return channelClass.channelOpen()
    case CHANNEL_CLOSE:
      return channelClass.channelClose(channel)
    case CHANNEL_FLOW:
      return channelClass.channelFlow(channel, method)
    case ACCESS_REQUEST:
      return channelClass.accessRequest(channel)
    // Some clients answer the broker's basic.cancel, though it waits for no answer.
    case BASIC_CANCEL_OK:
      return
    default:
      throw unimplementedMethod()
  }
}
