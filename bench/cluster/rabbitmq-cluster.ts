import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../brokers/free-port.ts'
import { cpuSeconds } from '../brokers/process-tree.ts'
import { environment, findInstallation, type Installation } from '../brokers/rabbitmq.ts'
import { ServerProcess, scratchDirectory } from '../brokers/server-process.ts'
import { type BenchCluster, loopback, type RunningCluster, sum } from './running-cluster.ts'

const run = promisify(execFile)

interface RabbitNode {
  readonly name: string
  readonly port: number
  readonly server: ServerProcess
  readonly env: Record<string, string>
}

/** Nodes of the RabbitMQ of this machine, if it has one, which find each other by their names. */
export function rabbitCluster(): BenchCluster | undefined {
  const installation = findInstallation()
  return installation && { name: 'rabbitmq', start: (size) => start(installation, size) }
}

async function start(installation: Installation, size: number): Promise<RunningCluster> {
  // They trust each other by a cookie, which is in their common home.
  const home = scratchDirectory()
  const epmdPort = `${await freePort()}`
  const args = ['-port', epmdPort, '-address', '127.0.0.1']
  const epmd = new ServerProcess(home, { file: installation.epmd, args })
  const common = { HOME: home, ERL_EPMD_PORT: epmdPort }
  const nodes: RabbitNode[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map(({ server }) => server.kill()))
    await epmd.kill()
  }
  try {
    const ports = await Promise.all(Array.from({ length: size }, freePort))
    for (const port of ports) {
      nodes.push(await startNode(installation, port, ports, common))
      // The first one makes the cookie and is whom the others join.
      await nodes.at(-1)?.server.ready(loopback(port))
    }
    await control(installation, nodes, ['await_online_nodes', `${size}`])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    targets: nodes.map(({ port }) => loopback(port)),
    nodeCpuSec: () => sum(nodes.map(({ server }) => cpuSeconds(server.pid))),
    storeCpuSec: () => 0,
    ownerOf: async (queue) => {
      const list = ['list_queues', 'name', 'leader', '--formatter', 'json', '--silent']
      const queues = JSON.parse(await control(installation, nodes, list)) as Listed[]
      const leader = queues.find(({ name }) => name === queue)?.leader
      return nodes.findIndex(({ name }) => name === leader)
    },
    stop,
  }
}

interface Listed {
  readonly name: string
  readonly leader: string
}

async function startNode(
  { server: file }: Installation,
  port: number,
  ports: readonly number[],
  common: Record<string, string>,
): Promise<RabbitNode> {
  const directory = scratchDirectory()
  writeFileSync(join(directory, 'enabled_plugins'), '[].')
  writeFileSync(join(directory, 'env.conf'), '')
  writeFileSync(join(directory, 'rabbitmq.conf'), discovery(ports))
  const env = { ...environment(directory, port, await freePort()), ...common }
  const server = new ServerProcess(directory, { file, args: [], env })
  return { name: nameOf(port), port, server, env }
}

function discovery(ports: readonly number[]): string {
  const nodes = ports.map(
    (port, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${nameOf(port)}`,
  )
  return ['cluster_formation.peer_discovery_backend = classic_config', ...nodes, ''].join('\n')
}

/** As `environment` has it. */
const nameOf = (port: number): string => `leveret-bench-${port}@localhost`

async function control(
  { server }: Installation,
  [first]: readonly RabbitNode[],
  args: readonly string[],
): Promise<string> {
  const { name, env } = first as RabbitNode
  const command = join(dirname(server), 'rabbitmqctl')
  const { stdout } = await run(command, ['-n', name, ...args], { env: { ...process.env, ...env } })
  return stdout
}
