import type { NodeProgram } from './node-program.ts'
import type { Stage } from './stage.ts'

/** Something that is done to the stage, and undone again. */
export interface Fault {
  readonly name: string
  hurt(): Promise<void> | void
  heal(): Promise<void> | void
}

/** What can befall a node. */
export function nodeFaults(node: NodeProgram): Fault[] {
  return [
    {
      name: `node ${node.name} is killed`,
      hurt: () => node.stop('SIGKILL'),
      heal: () => node.start(),
    },
    {
      name: `node ${node.name} is stopped`,
      hurt: () => node.signal('SIGSTOP'),
      heal: () => node.signal('SIGCONT'),
    },
    {
      name: `node ${node.name} leaves`,
      hurt: () => node.stop('SIGTERM'),
      heal: () => node.start(),
    },
  ]
}

/**
 * What can befall one server at a time. When all are killed at once, servers of version 2.9 may come
 * back with copies that differ: see docs/cluster.md.
 */
export function serverFaults({ nats }: Stage, index: number): Fault[] {
  const server = nats.servers[index % nats.servers.length]
  if (server === undefined) throw new Error('there is no server')
  return [
    {
      name: `server ${server.name} ends`,
      hurt: () => server.stop('SIGTERM'),
      heal: () => server.start(),
    },
    {
      name: `server ${server.name} is killed`,
      hurt: () => server.stop('SIGKILL'),
      heal: () => server.start(),
    },
    {
      name: `server ${server.name} is stopped`,
      hurt: () => server.signal('SIGSTOP'),
      heal: () => server.signal('SIGCONT'),
    },
  ]
}
