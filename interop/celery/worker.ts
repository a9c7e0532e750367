// Celery's worker, a real one: a process with its pool of processes, and the programs that give it
// tasks. All of it ends with the test file.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { type Lifetime, Program } from '../support/program.ts'
import { pythonCommand, pythonScenarios, type Scenarios } from '../support/python.ts'
import { unique } from '../support/scratch.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Results as messages to whoever asked. */
export const RPC = 'rpc://'

interface Worker {
  readonly name: string
  readonly program: Program
}

/** An application with a queue of its own. */
export class CeleryApplication {
  readonly #environment: Readonly<Record<string, string>>
  readonly #brokerUrl: string

  constructor(brokerUrl: string, backend: string, options: Readonly<Record<string, unknown>> = {}) {
    this.#brokerUrl = brokerUrl
    this.#environment = {
      CELERY_BROKER: brokerUrl,
      CELERY_BACKEND: backend,
      CELERY_QUEUE: unique('celery'),
      CELERY_OPTIONS: JSON.stringify(options),
      PYTHONPATH: HERE,
    }
  }

  /** The programs that have tasks done. */
  scenarios(): Scenarios {
    const file = new URL('scenarios.py', import.meta.url)
    return pythonScenarios(file, this.#brokerUrl, this.#environment)
  }

  /** Starts a worker with these flags, and waits until it consumes. Its name is unique. */
  async startWorker(flags: readonly string[], lifetime: Lifetime = {}): Promise<Worker> {
    const name = `${unique('worker')}@localhost`
    const args = ['-m', 'celery', '-A', 'tasks', 'worker', '-n', name, '-l', 'WARNING', ...flags]
    const program = new Program(pythonCommand(args, this.#environment), lifetime)
    while ((await program.line()) !== 'worker is ready');
    return { name, program }
  }
}

/** A directory for Celery's file system backend, for as long as the tests of the file run. */
export function resultDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'leveret-celery-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return `file://${directory}`
}
