import type { Storage } from '../ledger/stored-by-then.ts'

/** A broker of some make, whose processes come and go and whose data stay. */
export interface CrashBroker {
  readonly name: string
  /** What it promises. */
  readonly storage: Storage
  /** Starts a process on the data that the last one left, and waits until it serves. */
  start(): Promise<RunningBroker>
  /** Kills a process this long after it was begun, be it serving by then or not. */
  startAndKill(afterMs: number): Promise<void>
}

export interface RunningBroker {
  readonly port: number
  /** The last lines that it wrote. */
  readonly output: string
  /** Whether its connections have to be cut when it is killed: it is in this process. */
  readonly outlivesItsEnd?: boolean
  /** SIGKILL, at once; the promise resolves when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when the process is gone. */
  stop(): Promise<void>
}
