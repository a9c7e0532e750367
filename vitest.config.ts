import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** One project per kind of test, so that `vitest --project unit` runs only what a change needs. */
const project = (name: string, include: string[], testTimeout = 10_000) => ({
  extends: true as const,
  test: { name, include, testTimeout, hookTimeout: testTimeout },
})

const conformance = project('conformance', ['test/conformance/**/*.test.ts'], 20_000)

/** The same, of a broker that keeps what is durable. */
const stored = {
  ...conformance,
  test: { ...conformance.test, name: 'conformance-stored', env: { CONFORMANCE_STORED: '1' } },
}

const killing = project('crash', ['test/crash/**/*.test.ts'], 300_000)

const clients = project('interop', ['interop/*/**/*.test.ts'], 20_000)

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
const overMachines = project('cluster', ['test/cluster/**/*.test.ts'], 60_000)

/** One file at a time: what they measure is whether nodes are in time. */
const cluster = {
  ...overMachines,
  test: {
    ...overMachines.test,
    globalSetup: ['test/cluster/support/global-setup.ts'],
    fileParallelism: false,
    sequence: { groupOrder: 2 },
  },
}

/** Takes minutes, and the machine for itself: only for those who ask for it by its name. */
const isClusterMeant = process.argv.some((argument) => /^(--project=)?cluster$/.test(argument))

/** Scenarios beside a real RabbitMQ: mostly waiting for it. */
const differential = {
  extends: true as const,
  test: {
    name: 'differential',
    include: ['interop/rabbitmq/**/*.test.ts'],
    globalSetup: ['interop/rabbitmq/global-setup.ts'],
    testTimeout: 60_000,
    maxConcurrency: 16,
  },
}

const pages = project('browser', ['test/browser/**/*.test.ts'], 60_000)

/** In a real browser, installed before. */
const browser = {
  ...pages,
  test: {
    ...pages.test,
    globalSetup: ['test/browser/support/global-setup.ts'],
    // A page looks at its broker every five seconds.
    expect: { poll: { timeout: 15_000 } },
  },
}

/** Its brokers want the machine for themselves: one file at a time, when all else is done. */
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
    // Most tests wait for sockets and timers: a core that is left free would only be idle.
    maxWorkers: '100%',
    passWithNoTests: true,
    projects: [
      project('unit', ['{test/unit,protocol/test,bench/test}/**/*.test.ts']),
      project('contract', ['test/contract/**/*.test.ts']),
      conformance,
      stored,
      project('fuzz', ['test/fuzz/**/*.test.ts'], 120_000),
      project('model', ['test/model/**/*.test.ts'], 120_000),
      interop,
      browser,
      differential,
      crash,
      ...(isClusterMeant ? [cluster] : []),
    ],
  },
})
