import type { Socket } from 'node:net'
import { FloorConnection } from './floor-connection.ts'
import { FloorQueue } from './floor-queue.ts'
import type { TurnLog } from './turn-log.ts'

/**
 * The work with bytes that every broker on Node has, and nothing else: frames, the default exchange,
 * queues in memory, credit, acks, confirms, and one log that is never read. No errors, no routing, no
 * recovery. So what a broker takes beside it is a matter of the broker, and what it takes itself, of
 * the machine.
 */
export class Floor {
  readonly log: TurnLog
  readonly connections = new Set<FloorConnection>()
  readonly #queues = new Map<string, FloorQueue>()
  #isTurnDue = false

  constructor(log: TurnLog) {
    this.log = log
  }

  accept(socket: Socket): void {
    socket.setNoDelay(true)
    this.connections.add(new FloorConnection(socket, this))
  }

  queue(name: string): FloorQueue {
    let queue = this.#queues.get(name)
    if (queue === undefined) {
      queue = new FloorQueue(name)
      this.#queues.set(name, queue)
    }
    return queue
  }

  /** Says how many messages it had. */
  deleteQueue(name: string): number {
    const count = this.#queues.get(name)?.count ?? 0
    this.#queues.delete(name)
    return count
  }

  /** Something has come: there is something to do once all has that comes in this turn. */
  touch(): void {
    if (this.#isTurnDue) return
    this.#isTurnDue = true
    setImmediate(() => this.#endTurn())
  }

  #endTurn(): void {
    this.#isTurnDue = false
    for (const queue of this.#queues.values()) queue.deliver()
    if (this.log.isDue) this.#store()
    else if (this.log.isIdle) for (const each of this.connections) each.confirm(each.publishedCount)
    for (const { outbox } of this.connections) outbox.flush()
  }

  #store(): void {
    const counts = [...this.connections].map((each) => [each, each.publishedCount] as const)
    this.log.write(() => {
      for (const [connection, count] of counts) connection.confirm(count)
      this.touch()
    })
  }
}
