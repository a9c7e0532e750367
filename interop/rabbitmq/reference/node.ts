// The one RabbitMQ of a run: its own ports, name, directories and name server (epmd), beside any
// other that this machine runs. It ends with the run, however the run ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { SERVER } from './installation.ts'

/** Where a RabbitMQ listens. */
export interface Reference {
  readonly port: number
  readonly managementPort: number
  /** As it says itself: `3.10.8`. */
  readonly version: string
}

const PLUGINS = [
  'rabbitmq_management',
  'rabbitmq_consistent_hash_exchange',
  'rabbitmq_random_exchange',
  'rabbitmq_recent_history_exchange',
  'rabbitmq_sharding',
]

/** A cold start on a busy machine. */
const START_PATIENCE_MS = 120_000

/**
 * Runs a command and kills all its descendants when its own standard input ends: that happens, too,
 * when whoever started it is killed.
 */
const LEASHED = '"$@" </dev/null & cat >/dev/null; kill -KILL 0'

/** How often a look is taken at a server that is to end. */
const PAUSE_MS = 50

export class ReferenceNode {
  readonly #directory: string
  readonly #ports: { readonly port: number; readonly managementPort: number }
  readonly #environment: NodeJS.ProcessEnv
  readonly #epmd: ChildProcess
  #server: ChildProcess | undefined
  #version = 'unknown'

  /** `settings` are those of the application `rabbit`, as Erlang writes them. */
  static async start(settings = ''): Promise<ReferenceNode> {
    const node = new ReferenceNode(await freePorts(4), settings)
    try {
      await node.startServer()
      return node
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  private constructor(
    [port, managementPort, distPort, epmdPort]: readonly number[],
    settings: string,
  ) {
    const directory = mkdtempSync(join(tmpdir(), 'leveret-reference-'))
    writeFileSync(join(directory, 'enabled_plugins'), `[${PLUGINS.join(',')}].`)
    writeFileSync(join(directory, 'env.conf'), '')
    writeFileSync(join(directory, 'rabbitmq.conf'), configuration(managementPort as number))
    writeFileSync(join(directory, 'advanced.config'), `[{rabbit, [${settings}]}].`)
    this.#directory = directory
    this.#ports = { port: port as number, managementPort: managementPort as number }
    this.#environment = {
      ...process.env,
      HOME: directory,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: `${epmdPort}`,
      RABBITMQ_NODENAME: 'leveret-reference@localhost',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: `${port}`,
      RABBITMQ_DIST_PORT: `${distPort}`,
      RABBITMQ_MNESIA_BASE: join(directory, 'data'),
      RABBITMQ_LOG_BASE: join(directory, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'enabled_plugins'),
      RABBITMQ_PID_FILE: join(directory, 'pid'),
      RABBITMQ_CONF_ENV_FILE: join(directory, 'env.conf'),
      RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(directory, 'advanced.config'),
      // Schedulers that spin while they wait would take the tests' processor time.
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
    }
    const epmd = ['epmd', '-port', `${epmdPort}`, '-address', '127.0.0.1']
    this.#epmd = leashed(epmd, this.#environment)
  }

  get reference(): Reference {
    return { ...this.#ports, version: this.#version }
  }

  /** On what the last one has kept, if there was one. */
  async startServer(): Promise<void> {
    this.#server = leashed([SERVER], this.#environment)
    this.#version = await startedVersion(this.#server)
  }

  /** As an operator would: in order, which takes seconds. */
  async stopServer(): Promise<void> {
    const pid = Number(readFileSync(join(this.#directory, 'pid'), 'utf8'))
    process.kill(pid, 'SIGTERM')
    while (isAlive(pid)) await passed(PAUSE_MS)
    await end(this.#server)
  }

  /** Nothing is kept, so there is no point in a clean shutdown. */
  async stop(): Promise<void> {
    await end(this.#server)
    await end(this.#epmd)
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 10 })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function configuration(managementPort: number): string {
  return `management.tcp.ip = 127.0.0.1
management.tcp.port = ${managementPort}
management.rates_mode = detailed
cluster_name = leveret-reference
vm_memory_high_watermark.absolute = 4GB
disk_free_limit.absolute = 1MB
log.file.level = warning
`
}

function leashed(command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const stdio = ['pipe', 'pipe', 'ignore'] as const
  return spawn('sh', ['-c', LEASHED, 'sh', ...command], { env, stdio: [...stdio], detached: true })
}

/** The server's banner names its version, and a later line says that it is there. */
async function startedVersion(server: ChildProcess): Promise<string> {
  let output = ''
  await new Promise<void>((resolve, reject) => {
    const timeout = setTimeout(() => settle('it took too long'), START_PATIENCE_MS)
    const settle = (problem?: string): void => {
      clearTimeout(timeout)
      if (problem === undefined) resolve()
      else reject(new Error(`RabbitMQ did not start: ${problem}\n${output}`))
    }
    server.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (/completed with \d+ plugins/.test(output)) settle()
    })
    server.once('exit', () => settle('it ended'))
  })
  return /RabbitMQ (\d+\.\d+\.\d+)/.exec(output)?.[1] ?? 'unknown'
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
