import type { Target } from '../../src/load/traffic-load.ts'
import type { Check, ServerProcess, StopSignal } from './server-process.ts'

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
  /**
   * Ends it and starts it again with what it left behind; gives the milliseconds from then to the
   * first AMQP handshake after which `check` is content.
   */
  restart(signal: StopSignal, check: Check): Promise<number>
  /** Ends all that `start` began and removes what it wrote. */
  stop(): Promise<void>
}

/** Waits until `server` is ready. Whatever goes wrong, `stop` is called then or later. */
export async function runningBroker(
  server: ServerProcess,
  port: number,
  stop: () => Promise<void>,
): Promise<RunningBroker> {
  const target = { host: '127.0.0.1', port, user: 'guest', password: 'guest', vhost: '/' }
  try {
    const readyMs = await server.ready(target)
    return {
      target,
      readyMs,
      get pid() {
        return server.pid
      },
      restart: async (signal, check) => {
        await server.restart(signal)
        return server.ready(target, check)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
