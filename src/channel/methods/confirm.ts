import { CONFIRM_SELECT_OK, type ConfirmSelect } from 'amqp-codec'
import { cannotSwitchToConfirm } from '../../reasons.ts'
import type { Channel } from '../channel.ts'

/** https://www.rabbitmq.com/docs/confirms#publisher-confirms */
export function confirmSelect(channel: Channel, method: ConfirmSelect): void {
  if (channel.transaction !== null) throw cannotSwitchToConfirm()
  channel.selectConfirms()
  if (!method.nowait) channel.context.output.method(channel.number, { id: CONFIRM_SELECT_OK })
}
