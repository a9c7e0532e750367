/** Work that is to be done once, after everything that this turn of the event loop brings. */
export interface TurnTask {
  endTurn(): void
}

/**
 * One turn of the event loop is one batch: whoever has output that can wait for the rest of the turn
 * schedules itself, and is called once when all sockets that had input have been read.
 *
 * `setImmediate` runs after the poll phase, in which libuv calls every readable socket; a microtask
 * or `nextTick` would run after each single socket and halve the batch.
 */
export class Turn {
  #tasks: TurnTask[] = []
  #spare: TurnTask[] = []
  #scheduled = false
  /** Counts the turns in which there was something to do at the end. */
  number = 0
  readonly #run = (): void => this.run()

  /** The caller sees to it that it is not scheduled twice in one turn. */
  schedule(task: TurnTask): void {
    this.#tasks.push(task)
    if (!this.#scheduled) {
      this.#scheduled = true
      setImmediate(this.#run)
    }
  }

  /** Ends the turn now. Tasks that are scheduled meanwhile belong to the next one. */
  run(): void {
    const tasks = this.#tasks
    this.#tasks = this.#spare
    this.#scheduled = false
    this.number++
    for (let index = 0; index < tasks.length; index++) (tasks[index] as TurnTask).endTurn()
    tasks.length = 0
    this.#spare = tasks
  }
}
