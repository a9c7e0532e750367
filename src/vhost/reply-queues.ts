import { uniqueName } from '../base/unique-name.ts'
import { ClassicQueue } from '../queue/classic-queue.ts'
import type { ExclusiveOwner, Queue } from '../queue/queue.ts'

/** The name under which every client consumes its replies, and which stands for none in particular. */
export const DIRECT_REPLY_TO = 'amq.rabbitmq.reply-to'

/**
 * Direct reply-to: a requester consumes from a pseudo-queue, and its requests carry the name of a
 * queue of its own that nobody declared, nobody sees listed, and that lives as long as the consumer.
 * https://www.rabbitmq.com/docs/direct-reply-to
 */
export class ReplyQueues {
  readonly #vhostName: string
  readonly #onChange: () => void
  readonly #queues = new Map<string, Queue>()

  /** `onChange` is called when there is a queue more, or one less, to route to. */
  constructor(vhostName: string, onChange: () => void) {
    this.#vhostName = vhostName
    this.#onChange = onChange
  }

  find(name: string): Queue | undefined {
    return this.#queues.get(name)
  }

  /** Goes when its consumer does. */
  create(owner: ExclusiveOwner): Queue {
    const properties = {
      durable: false,
      exclusiveOwner: owner,
      autoDelete: true,
      arguments: new Map(),
    }
    const name = uniqueName(`${DIRECT_REPLY_TO}.`)
    const events = {
      lastConsumerLeft: () => {
        this.#queues.delete(name)
        this.#onChange()
        queue.delete()
      },
      // It has neither arguments nor policies that could ask for these.
      expired() {},
      deadLetter() {},
    }
    const queue: Queue = new ClassicQueue({
      name,
      vhostName: this.#vhostName,
      properties,
      events,
    })
    this.#queues.set(name, queue)
    this.#onChange()
    return queue
  }
}
