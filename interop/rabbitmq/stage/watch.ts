// Waiting for what a queue does by itself: messages that come or expire, and its own end. The
// asking is not part of a transcript.

import { setTimeout as passed } from 'node:timers/promises'
import {
  BASIC_PUBLISH,
  BASIC_RETURN,
  CHANNEL_CLOSE,
  CHANNEL_CLOSE_OK,
  CHANNEL_OPEN,
  CONFIRM_SELECT,
  encodeContentHeaderFrame,
  encodeMethodFrame,
  type Method,
  QUEUE_DECLARE,
  QUEUE_DECLARE_OK,
} from 'amqp-codec'
import { method } from '../../../test/support/raw-client-method.ts'
import { type Link, Stuck } from './link.ts'

/** Its channels begin here, where no scenario has any. */
const FIRST_CHANNEL = 2000
const PAUSE_MS = 15

export class Watch {
  readonly #link: Link
  readonly #channel: number
  #isOpen = false

  constructor(link: Link, channel: number) {
    this.#link = link
    this.#channel = FIRST_CHANNEL + channel
  }

  /** Waits until the queue has so many messages ready. */
  async holds(queue: string, count: number): Promise<void> {
    await this.#until(`${queue} to hold ${count}`, async () => {
      const answer = await this.#ask(method(QUEUE_DECLARE, { queue, passive: true }))
      if (answer.id === CHANNEL_CLOSE) {
        await this.#link.write(encodeMethodFrame(this.#channel, method(CHANNEL_CLOSE_OK, {})))
        this.#isOpen = false
      }
      return answer.id === QUEUE_DECLARE_OK && answer.messageCount === count
    })
    this.#link.note(1, '<', `(${queue} holds ${count})`)
  }

  /** Waits until the queue is gone. To declare it would keep it alive, so it is sent messages. */
  async gone(queue: string): Promise<void> {
    await this.#until(`${queue} to be gone`, async () => {
      const publish = method(BASIC_PUBLISH, { routingKey: queue, mandatory: true })
      await this.#link.write(encodeMethodFrame(this.#channel, publish))
      const answer = await this.#content()
      if (answer.id === BASIC_RETURN) await this.#answer()
      return answer.id === BASIC_RETURN
    })
    this.#link.note(1, '<', `(${queue} is gone)`)
  }

  async #content(): Promise<Method> {
    await this.#link.write(encodeContentHeaderFrame(this.#channel, 0, {}))
    return this.#answer()
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + this.#link.patienceMs
    for (;;) {
      if (!this.#isOpen) {
        await this.#ask(method(CHANNEL_OPEN, {}))
        await this.#ask(method(CONFIRM_SELECT, {}))
        this.#isOpen = true
      }
      if (await isSo()) return
      if (Date.now() > deadline) throw new Stuck(`waited in vain for ${what}`)
      await passed(PAUSE_MS)
    }
  }

  async #ask(question: Method): Promise<Method> {
    await this.#link.opened()
    await this.#link.write(encodeMethodFrame(this.#channel, question))
    return this.#answer()
  }

  async #answer(): Promise<Method> {
    const arrival = await this.#link.next(this.#channel, 'an answer')
    if (arrival?.channel === 0) this.#link.noteArrival(arrival)
    if (arrival === undefined || arrival.channel === 0) throw new Stuck('the connection is over')
    return arrival.method
  }
}
