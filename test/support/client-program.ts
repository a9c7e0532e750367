// Runs the commands of `leveret` that talk to a broker, against one in this process.

import { afterAll, expect, vi } from 'vitest'
import { type Broker, createBroker } from '../../src/index.ts'
import { type Outcome, type RunOptions, runProgram } from './program.ts'

/** Each run is a process, and a test has several of them. */
const TIMEOUT_MS = 60_000

export class ClientProgram {
  readonly broker: Broker

  /** With a broker of its own, for as long as the tests of the file run. */
  static async start(): Promise<ClientProgram> {
    vi.setConfig({ testTimeout: TIMEOUT_MS })
    const broker = await createBroker({ port: 0, managementPort: 0 })
    afterAll(() => broker.close())
    return new ClientProgram(broker)
  }

  private constructor(broker: Broker) {
    this.broker = broker
  }

  get url(): string {
    return this.broker.managementUrl ?? ''
  }

  /** How the program ends. */
  run(
    args: readonly string[],
    { environment = {}, input = '' }: RunOptions = {},
  ): Promise<Outcome> {
    return runProgram(args, { environment: { LEVERET_URL: this.url, ...environment }, input })
  }

  /** Its standard output, when nothing goes wrong. */
  async output(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, options)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    return stdout
  }

  /** The same as JSON, which is all that it prints then. */
  async json<Value = unknown>(args: readonly string[], options: RunOptions = {}): Promise<Value> {
    const { exitCode, stdout, stderr } = await this.run([...args, '--json'], options)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return JSON.parse(stdout)
  }
}
