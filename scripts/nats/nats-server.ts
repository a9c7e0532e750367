import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process of nats-server, which can be started again after it has ended. */
export class NatsServer {
  readonly name: string
  readonly url: string
  readonly #directory: string
  #child: ChildProcess | undefined

  /** The directory has its configuration file and its log. */
  constructor(name: string, url: string, directory: string, config: string) {
    this.name = name
    this.url = url
    this.#directory = directory
    mkdirSync(directory, { recursive: true })
    writeFileSync(this.#configFile, config, { mode: 0o600 })
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    if (this.#child !== undefined) return
    const log = openSync(join(this.#directory, 'log'), 'a')
    // The kernel ends it should this process be killed.
    const command = ['--pdeathsig', 'KILL', 'nats-server', '--config', this.#configFile]
    const child = spawn('setpriv', command, { stdio: ['ignore', log, log] })
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    this.#child = child
  }

  /** SIGSTOP, SIGCONT: for what a test does to it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  /** Ends it, and waits for that. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill(signal)
    // A stopped process sees no other signal.
    if (signal !== 'SIGKILL') child.kill('SIGCONT')
    await ended
  }

  get #configFile(): string {
    return join(this.#directory, 'nats-server.conf')
  }
}
