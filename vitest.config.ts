import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** For who fails to end: those that are in time take far less, also on a machine with much else to do. */
const PATIENCE_MS = 60_000

/** One project per kind of test, so that `vitest --project unit` runs only what a change needs. */
const project = (name: string, include: string[], testTimeout = PATIENCE_MS) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: testTimeout },
})

/**
 * Many small files, which a process takes one after the other: to start one for each, and to load the same
 * modules in it, would take longer than what they test. Nothing of ours is global, so none sees another.
 */
const smallFiles = (name: string, include: string[]) => {
  const { test, ...rest } = project(name, include)
  return { ...rest, test: { ...test, isolate: false } }
}

/** It looks at what its process has loaded: no other file may have loaded it before. */
const ALONE = ['test/unit/dashboard/lazy.test.ts']

const units = smallFiles('unit', ['{test/unit,protocol/test,bench/test}/**/*.test.ts'])
const unit = { ...units, test: { ...units.test, exclude: ALONE } }

const conformance = smallFiles('conformance', ['test/conformance/**/*.test.ts'])

/** The same, of a broker that keeps what is durable. */
const stored = {
  ...conformance,
  test: { ...conformance.test, name: 'conformance-stored', env: { CONFORMANCE_STORED: '1' } },
}

const killing = project('crash', ['test/crash/**/*.test.ts'], 300_000)

const clients = smallFiles('interop', ['interop/*/**/*.test.ts'])

/** With the clients that Debian packages, installed before. */
const interop = {
  ...clients,
  test: {
    ...clients.test,
    // By hand, since the pattern !(rabbitmq) leaves out every name that begins so.
    exclude: ['interop/rabbitmq/**'],
    globalSetup: ['interop/support/global-setup.ts'],
  },
}

/** On NATS servers of Debian's package, some of which are killed. */
const overMachines = project('cluster', ['test/cluster/**/*.test.ts'], 120_000)

/** They take minutes, and hurt servers and networks: only for those who ask for the project by its name. */
const HURTING = [
  'test/cluster/faults.test.ts',
  'test/cluster/faults-and-clients.test.ts',
  'test/cluster/lost-nats.test.ts',
]
const isClusterMeant = process.argv.some((argument) => /^(--project=)?cluster$/.test(argument))

/** One file at a time: what they measure is whether nodes are in time. */
const cluster = {
  ...overMachines,
  test: {
    ...overMachines.test,
    exclude: isClusterMeant ? [] : HURTING,
    // What is seen of a cluster in a browser is tested here, too.
    globalSetup: ['test/cluster/support/global-setup.ts', 'test/browser/support/global-setup.ts'],
    fileParallelism: false,
    sequence: { groupOrder: 2 },
  },
}

/**
 * Clients of all kinds, each at another node of one cluster. Not those that have to do with a broker of their
 * own, which they stop, or which has what only one process has: TLS, the HTTP API, a terminal.
 */
const ON_CLUSTER = {
  env: { ON_CLUSTER: '1' },
  setupFiles: ['test/cluster/support/on-demand/setup-file.ts'],
  sequence: { groupOrder: 3 },
}
const CLUSTER_SETUP = 'test/cluster/support/on-demand/global-setup.ts'

const conformanceOnCluster = {
  ...conformance,
  test: {
    ...conformance.test,
    ...ON_CLUSTER,
    name: 'conformance-cluster',
    exclude: ['test/conformance/connection-shutdown.test.ts'],
    globalSetup: [CLUSTER_SETUP],
  },
}

const interopOnCluster = {
  ...interop,
  test: {
    ...interop.test,
    ...ON_CLUSTER,
    name: 'interop-cluster',
    exclude: [
      ...interop.test.exclude,
      'interop/*/{tls,blocked}.test.ts',
      'interop/{rabbitmqadmin,shells}/**',
    ],
    globalSetup: [...interop.test.globalSetup, CLUSTER_SETUP],
  },
}

/** Scenarios beside a real RabbitMQ: mostly waiting for it. */
const differential = {
  extends: true as const,
  test: {
    name: 'differential',
    include: ['interop/rabbitmq/**/*.test.ts'],
    globalSetup: ['interop/rabbitmq/global-setup.ts'],
    testTimeout: PATIENCE_MS,
    maxConcurrency: 16,
  },
}

const pages = smallFiles('browser', ['test/browser/**/*.test.ts'])

/** In a real browser, installed before. */
const browser = {
  ...pages,
  test: {
    ...pages.test,
    globalSetup: ['test/browser/support/global-setup.ts'],
    // A page looks at its broker every five seconds, and may take long to show what it has seen.
    expect: { poll: { timeout: PATIENCE_MS } },
  },
}

/** Its brokers are killed after so many milliseconds: they want the machine for themselves, when all else is done. */
const crash = {
  ...killing,
  test: { ...killing.test, fileParallelism: false, sequence: { groupOrder: 1 } },
}

export default defineConfig({
  resolve: {
    // Tests run from the sources, so a change in the codec needs no build before it is tested.
    alias: { 'amqp-codec': fileURLToPath(new URL('./protocol/src/index.ts', import.meta.url)) },
  },
  test: {
    pool: 'forks',
    // Many tests wait for sockets and timers, and the cores would be idle meanwhile.
    maxWorkers: availableParallelism() + 1,
    // What is waited for comes soon; how soon, a busy machine decides.
    expect: { poll: { timeout: PATIENCE_MS / 2 } },
    passWithNoTests: true,
    projects: [
      unit,
      project('unit-alone', ALONE),
      project('contract', ['test/contract/**/*.test.ts']),
      conformance,
      stored,
      project('fuzz', ['test/fuzz/**/*.test.ts'], 120_000),
      project('model', ['test/model/**/*.test.ts'], 120_000),
      interop,
      browser,
      differential,
      crash,
      cluster,
      conformanceOnCluster,
      interopOnCluster,
    ],
  },
})
