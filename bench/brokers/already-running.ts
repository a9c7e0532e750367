import type { Target } from '../../src/load/traffic-load.ts'
import type { Broker, RunningBroker } from './broker.ts'

/** A broker that somebody else started, and that goes on after the measurement. */
export class AlreadyRunning implements Broker {
  readonly name: string
  readonly #target: Target
  readonly #pid: number

  /** With `pid` 0 there are no CPU and memory figures. */
  constructor(url: string, pid: number) {
    this.#target = targetOf(url)
    this.#pid = pid
    this.name = `${this.#target.host}:${this.#target.port}`
  }

  async start(): Promise<RunningBroker> {
    return {
      target: this.#target,
      pid: this.#pid,
      readyMs: undefined,
      restart: () => Promise.reject(new Error("this broker is somebody else's to restart")),
      stop: async () => {},
    }
  }
}

/** Only loopback addresses: this is a tool to load one's own machine with, not someone else's. */
function targetOf(url: string): Target {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  if (protocol !== 'amqp:') throw new Error(`${url} is not an amqp:// address`)
  if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)) {
    throw new Error(`refusing to load ${hostname}: loopback addresses only`)
  }
  return {
    host: hostname.replace(/[[\]]/g, ''),
    port: Number(port || 5672),
    user: decodeURIComponent(username) || 'guest',
    password: decodeURIComponent(password) || 'guest',
    vhost: pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/',
  }
}
