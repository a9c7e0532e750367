import type { Method } from 'amqp-codec'
import type { ChannelOutput, FlushListener } from '../../../src/channel/channel-output.ts'
import type { Message } from '../../../src/message/message.ts'
import type { MessageRun } from '../../../src/message/message-run.ts'
import { infoOf } from '../../support/raw-client-method.ts'
import { bodyOf } from '../../support/sample-message.ts'

/** A channel's way out that keeps what was sent: `basic.ack`, say, or `basic.deliver m1`. */
export class RecordingOutput implements ChannelOutput {
  readonly full = false
  readonly methods: Method[] = []
  readonly sent: string[] = []
  #listeners: FlushListener[] = []

  method(_channel: number, method: Method): void {
    this.methods.push(method)
    this.sent.push(infoOf(method.id).name)
  }

  content(_channel: number, _methodFrame: Buffer, message: Message): void {
    this.sent.push(`content ${bodyOf(message).toString()}`)
  }

  deliver(_prefix: Buffer, _deliveryTag: number, _redelivered: boolean, message: Message): void {
    this.sent.push(`basic.deliver ${bodyOf(message).toString()}`)
  }

  deliverRun(
    prefix: Buffer,
    firstTag: number,
    { messages }: MessageRun,
    from: number,
    to: number,
  ): number {
    const sent = messages.slice(from, to)
    for (const [index, message] of sent.entries()) {
      this.deliver(prefix, firstTag + index, false, message)
    }
    return sent.length
  }

  beforeFlush(listener: FlushListener): void {
    this.#listeners.push(listener)
  }

  /** The end of a turn. */
  flush(): void {
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener.beforeFlush()
  }
}
