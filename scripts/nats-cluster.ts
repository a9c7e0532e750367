// Three nats-servers on this machine, for trying a cluster of brokers; docs/cluster.md says how.
//
//   npm run nats -- <directory> [first port, 4222 unless it is given]
//
// Servers of a previous run of the same directory go on with their streams. It ends, and they with it,
// with Ctrl-C.

import { resolve } from 'node:path'
import { NatsCluster } from './nats/nats-cluster.ts'

const [directory, port = '4222'] = process.argv.slice(2)
if (directory === undefined || !/^\d+$/.test(port)) {
  console.error('usage: npm run nats -- <directory> [first port]')
  process.exit(2)
}

const password = process.env['NATS_PASSWORD'] ?? 'leveret'
const access = { user: 'broker', password }
const cluster = await NatsCluster.start({
  ...access,
  directory: resolve(directory),
  port: Number(port),
})
console.log(`Three nats-servers are ready: ${cluster.urls.join(',')}`)
// Something to wait for, until a signal comes.
const waiting = setInterval(() => {}, 60_000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(waiting)
    void cluster.stop()
  })
}
