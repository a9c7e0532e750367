/** One of the servers of a cluster on this machine. */
export interface ServerPlace {
  readonly name: string
  readonly clientPort: number
  readonly routePort: number
  /** Where it keeps its streams. */
  readonly storeDir: string
}

export interface ClusterAccess {
  readonly user: string
  readonly password: string
  /** Where clients reach them: 127.0.0.1 unless it is given. */
  readonly host?: string
}

/** The configuration file of a server that shall form a cluster with the others; see docs/cluster.md. */
export function serverConfig(
  place: ServerPlace,
  places: readonly ServerPlace[],
  { user, password, host = '127.0.0.1' }: ClusterAccess,
): string {
  const routes = places.map(
    ({ routePort }) => `    nats://route:${password}@127.0.0.1:${routePort}`,
  )
  return `server_name: ${place.name}
listen: ${host}:${place.clientPort}
max_payload: 8MB
max_pending: 128MB
write_deadline: "10s"
authorization { user: ${user}, password: "${password}", timeout: 2 }
jetstream {
  store_dir: ${JSON.stringify(place.storeDir)}
  max_memory_store: 64MB
  max_file_store: 20GB
}
cluster {
  name: leveret
  listen: 127.0.0.1:${place.routePort}
  authorization { user: route, password: "${password}" }
  routes: [
${routes.join('\n')}
  ]
}
`
}
