import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../bench/brokers/free-port.ts'
import type { ClusterNode, NodePlace } from './cluster-node.ts'
import type { NodeNetwork } from './node-network.ts'

const BIN = fileURLToPath(new URL('../../../dist/bin.js', import.meta.url))
const LINES_MAX = 500
/** For clients on another machine. */
const REACHABLE = ['--host', '0.0.0.0', '--loopback-users', 'none']

/** A broker of a cluster as a process, the program as it was last built: always on the same ports. */
export class NodeProcess implements ClusterNode {
  readonly name: string
  readonly port: number
  readonly managementPort: number
  readonly #args: readonly string[]
  readonly #lines: string[] = []
  readonly #log: string | undefined
  readonly network: NodeNetwork | undefined
  #child: ChildProcess | undefined
  #onLine = (): void => {}

  static async create(place: NodePlace): Promise<NodeProcess> {
    return new NodeProcess(place, await freePort(), await freePort())
  }

  private constructor(place: NodePlace, port: number, http: number) {
    const { name, servers, prefix, args = [], log, network } = place
    this.name = name
    this.network = network
    this.#log = log
    this.port = port
    this.managementPort = http
    this.#args = [
      ...['start', '--cluster', servers.join(','), '--node-name', name, '--cluster-prefix', prefix],
      ...['--port', String(port), '--management-port', String(http), '--prometheus-port', 'none'],
      ...['--data-dir', 'none', '--log-format', 'json', ...args],
      ...(network === undefined ? [] : REACHABLE),
    ]
  }

  get url(): string {
    return `amqp://guest:guest@${this.#host}:${this.port}`
  }

  get managementUrl(): string {
    return `http://${this.#host}:${this.managementPort}`
  }

  /** The last lines that it has written. */
  get output(): string {
    return this.#lines.join('\n')
  }

  async start(): Promise<void> {
    if (this.#child !== undefined) return
    this.#lines.length = 0
    // The kernel ends it should this process be killed.
    const program = [process.execPath, BIN, ...this.#args]
    const command = this.network?.wrap(program) ?? program
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: inherited(),
    })
    this.#child = child
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
      this.#onLine()
    })
    await this.network?.connect(child)
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => this.#keep(line))
    }
    await this.#serving(child)
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Stops it without ending it, until `continue`. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  continue(): void {
    this.#child?.kill('SIGCONT')
  }

  get #host(): string {
    return this.network?.host ?? '127.0.0.1'
  }

  async #serving(child: ChildProcess): Promise<void> {
    while (!this.#lines.some((line) => line.includes('Server startup complete'))) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${this.name} ended before it served:\n${this.output}`)
      }
      await new Promise<void>((resolve) => {
        this.#onLine = resolve
      })
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill(signal)
    // A stopped process sees no other signal.
    if (signal !== 'SIGKILL') child.kill('SIGCONT')
    await ended
  }

  #keep(line: string): void {
    if (this.#log !== undefined) appendFileSync(this.#log, `${line}\n`)
    this.#lines.push(line)
    if (this.#lines.length > LINES_MAX) this.#lines.shift()
    this.#onLine()
  }
}

/** What is set where the tests run must not decide what they see. */
function inherited(): Record<string, string | undefined> {
  const variables = Object.entries(process.env)
  return Object.fromEntries(variables.filter(([name]) => !/^(LEVERET|RABBITMQ)_/.test(name)))
}
