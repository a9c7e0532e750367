import type { Target } from '../load/job.ts'

/** A broker that can be measured: started anew, with nothing in it, for each measurement. */
export interface Broker {
  readonly name: string
  start(): Promise<RunningBroker>
}

export interface RunningBroker {
  readonly target: Target
  /** The process it was started as; 0 when it is not known. */
  readonly pid: number
  /** From the start of the process to the first AMQP handshake; undefined if it ran already. */
  readonly readyMs: number | undefined
  /** Ends all that `start` began and removes what it wrote. */
  stop(): Promise<void>
}
