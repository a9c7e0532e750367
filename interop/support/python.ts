// Scenarios written in Python: functions of a file beside the test, each run by a process of its own.

import { fileURLToPath } from 'node:url'
import { outputOf, Program } from './program.ts'

/** Debian's, which sees Debian's packages. What else is on the PATH may not. */
const PYTHON = '/usr/bin/python3'

/** Where scenarios find `scenario.py`. */
const SUPPORT = fileURLToPath(new URL('.', import.meta.url))

type Environment = Readonly<Record<string, string>>

/** A command that runs Python: not with the user's own packages (-s), and no bytecode in the tree (-B). */
export function pythonCommand(args: readonly string[], environment: Environment = {}): string[] {
  const { PYTHONPATH: path, ...variables } = environment
  const all = { ...variables, PYTHONPATH: path === undefined ? SUPPORT : `${path}:${SUPPORT}` }
  const settings = Object.entries(all).map(([name, value]) => `${name}=${value}`)
  return ['env', ...settings, PYTHON, '-s', '-B', ...args]
}

export interface Scenarios {
  /** Runs the function of this name, and gives what it returned. */
  run(name: string, ...args: readonly string[]): Promise<unknown>
  /** Starts it, for a test that has its part in it. */
  start(name: string, ...args: readonly string[]): Program
}

/** The scenarios of a Python file; each gets the broker's URL before its arguments. */
export function pythonScenarios(
  file: URL,
  brokerUrl: string,
  environment: Environment = {},
): Scenarios {
  const scenario = (name: string, args: readonly string[]): string[] =>
    pythonCommand([fileURLToPath(file), name, brokerUrl, ...args], environment)
  return {
    run: async (name, ...args) => JSON.parse(await outputOf(scenario(name, args))),
    start: (name, ...args) => new Program(scenario(name, args)),
  }
}
