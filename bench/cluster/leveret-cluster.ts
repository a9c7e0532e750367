import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NatsCluster } from '../../scripts/nats/nats-cluster.ts'
import { freePort } from '../brokers/free-port.ts'
import { cpuSeconds } from '../brokers/process-tree.ts'
import { ServerProcess, scratchDirectory } from '../brokers/server-process.ts'
import { type BenchCluster, loopback, type RunningCluster, sum } from './running-cluster.ts'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const SPREAD_MS = 60_000
const POLL_MS = 100
const ACCESS = { user: 'broker', password: 'leveret' }

/** Nodes of Leveret, with three servers of NATS. */
export const leveretCluster: BenchCluster = {
  name: 'leveret',
  async start(size): Promise<RunningCluster> {
    const directory = scratchDirectory()
    const nats = await NatsCluster.start({ ...ACCESS, directory })
    const nodes: LeveretNode[] = []
    const stop = async (): Promise<void> => {
      await Promise.all(nodes.map(({ server }) => server.kill()))
      await nats.stop('SIGKILL')
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    }
    try {
      for (let index = 1; index <= size; index++) nodes.push(await startNode(index, nats.urls))
      await Promise.all(nodes.map(({ server, port }) => server.ready(loopback(port))))
      await untilSpread(nodes)
    } catch (error) {
      await stop()
      throw error
    }
    return {
      targets: nodes.map(({ port }) => loopback(port)),
      nodeCpuSec: () => sum(nodes.map(({ server }) => cpuSeconds(server.pid))),
      storeCpuSec: () => sum(nats.servers.map(({ pid }) => cpuSeconds(pid ?? 0))),
      ownerOf: async (queue) => {
        const path = `queues/%2F/${encodeURIComponent(queue)}`
        const { node } = (await ask(nodes[0] as LeveretNode, path)) as { node: string }
        return nodes.findIndex(({ name }) => node === `leveret@${name}`)
      },
      stop,
    }
  },
}

interface Shard {
  readonly owner: string | null
  readonly state: string
}

interface LeveretNode {
  readonly name: string
  readonly port: number
  readonly managementPort: number
  readonly server: ServerProcess
}

async function startNode(index: number, natsUrls: readonly string[]): Promise<LeveretNode> {
  const [port, managementPort] = [await freePort(), await freePort()]
  const name = `n${index}`
  const args = [
    ...[BIN, 'start', '--cluster', natsUrls.join(','), '--node-name', name],
    ...['--port', `${port}`, '--management-port', `${managementPort}`, '--prometheus-port', 'none'],
    ...['--data-dir', 'none', '--log-level', 'warn'],
  ]
  const server = new ServerProcess(scratchDirectory(), { file: process.execPath, args })
  return { name, port, managementPort, server }
}

/** Each node has its share of the shards: those that come later get it little by little. */
async function untilSpread(nodes: readonly LeveretNode[]): Promise<void> {
  const [first] = nodes as [LeveretNode]
  for (let left = SPREAD_MS / POLL_MS; left > 0; left--) {
    // The API comes a moment after AMQP.
    const shards = (await ask(first, 'cluster/shards').catch(() => [])) as Shard[]
    const counts = nodes.map(({ name }) => {
      const owned = shards.filter(({ owner }) => owner === `leveret@${name}`)
      return owned.filter(({ state }) => state === 'serving').length
    })
    const isAll = shards.length > 0 && sum(counts) === shards.length
    if (isAll && Math.max(...counts) - Math.min(...counts) <= 1) return
    await sleep(POLL_MS)
  }
  throw new Error('the shards were not spread over all nodes')
}

async function ask({ managementPort }: LeveretNode, path: string): Promise<unknown> {
  const headers = { authorization: `Basic ${btoa('guest:guest')}` }
  const answer = await fetch(`http://127.0.0.1:${managementPort}/api/${path}`, { headers })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
