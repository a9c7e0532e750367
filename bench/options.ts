import { parseArgs } from 'node:util'
import { SCENARIOS, type Scenario } from './scenarios.ts'

export interface BenchOptions {
  scenarios: Scenario[]
  durationSec: number
  warmupSec: number
  rounds: number
  brokers: string[]
  jsonFile: string | undefined
  url: string | undefined
  pid: number
}

/** A mistake of whoever typed the command: shown as one line, without a stack. */
export class UsageError extends Error {}

export const HELP: string = `npm run bench -- [options]

Measures Leveret, and a RabbitMQ beside it where one is installed.

  --scenario s1-16,s5   only these (all: ${SCENARIOS.map(({ name }) => name).join(' ')})
  --duration 5          seconds for a measurement
  --warmup 1            seconds at its beginning that do not count
  --rounds 3            measurements of each scenario; the report gives their median
  --quick               a first look: --duration 2 --warmup 0.5 --rounds 1
  --brokers leveret,rabbitmq
  --url amqp://…        measure this broker, which runs already, instead (loopback only)
  --pid N               its process, for CPU and memory
  --json FILE           write everything measured to FILE as well
`

/** Undefined when help was asked for. Throws UsageError. */
export function parseOptions(args: string[]): BenchOptions | undefined {
  const { values } = parse(args)
  if (values.help) return undefined
  if (values.pid !== undefined && values.url === undefined)
    throw new UsageError('--pid needs --url')
  return {
    scenarios: chooseScenarios(values.scenario),
    durationSec: positive('--duration', values.duration ?? (values.quick ? '2' : '5')),
    warmupSec: positive('--warmup', values.warmup ?? (values.quick ? '0.5' : '1')),
    rounds: Math.ceil(positive('--rounds', values.rounds ?? (values.quick ? '1' : '3'))),
    brokers: (values.brokers ?? 'leveret,rabbitmq').split(','),
    jsonFile: values.json,
    url: values.url,
    pid: values.pid === undefined ? 0 : positive('--pid', values.pid),
  }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args,
      options: {
        scenario: text,
        duration: text,
        warmup: text,
        rounds: text,
        quick: flag,
        brokers: text,
        url: text,
        pid: text,
        json: text,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function chooseScenarios(names: string | undefined): Scenario[] {
  if (names === undefined) return [...SCENARIOS]
  return names.split(',').map((name) => {
    const scenario = SCENARIOS.find((each) => each.name === name)
    if (!scenario) throw new UsageError(`there is no scenario "${name}"; see --help`)
    return scenario
  })
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`${option} must be a number above 0, not "${text}"`)
  return value
}
