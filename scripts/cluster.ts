// Three nats-servers and some brokers on this machine that form a cluster, for trying it and for tests
// against its nodes; docs/cluster.md says more.
//
//   npm run cluster -- <directory> [number of brokers, 3 unless it is given] [-- arguments of the brokers]
//
// The brokers are the program as it was last built, and their logs are in the directory. What a previous run of the same directory kept is
// there again. It ends, and all of them with it, with Ctrl-C.

import { join, resolve } from 'node:path'
import { NodeProcess } from '../test/cluster/support/node-process.ts'
import { NatsCluster } from './nats/nats-cluster.ts'

const [directory, ...rest] = process.argv.slice(2)
const end = rest.includes('--') ? rest.indexOf('--') : rest.length
const [count = '3'] = rest.slice(0, end)
if (directory === undefined || !/^[1-9]\d?$/.test(count)) {
  console.error('usage: npm run cluster -- <directory> [number of brokers] [-- arguments]')
  process.exit(2)
}

const access = { user: 'broker', password: 'leveret' }
const nats = await NatsCluster.start({ ...access, directory: resolve(directory) })
const names = Array.from({ length: Number(count) }, (_, index) => `n${index + 1}`)
const place = { servers: nats.urls, prefix: 'leveret', args: rest.slice(end + 1) }
const nodes = await Promise.all(
  names.map((name) => NodeProcess.create({ name, log: join(directory, `${name}.log`), ...place })),
)
await Promise.all(nodes.map((node) => node.start()))
console.log(`NATS: ${nats.urls.join(',')}`)
console.log(`AMQP: ${nodes.map(({ url }) => url).join(',')}`)
console.log(`HTTP: ${nodes.map(({ managementUrl }) => managementUrl).join(',')}`)
// Something to wait for, until a signal comes.
const waiting = setInterval(() => {}, 60_000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(waiting)
    void Promise.all(nodes.map((node) => node.stop())).then(() => nats.stop())
  })
}
