/** The definitions of the queues that a message log keeps: what a queue holds is not safe before the queue is. */
export interface QueueDefinitions {
  /**
   * Resolves, always, when nothing that was defined so far may still have to be taken back; undefined when that
   * is so already.
   */
  pending(): Promise<void> | undefined
  /** Whether the queue that the log knows by that id cannot be taken back any more. */
  isQueueStored(id: number): boolean
}
