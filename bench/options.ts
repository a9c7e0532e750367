import { parseArgs } from 'node:util'
import { BROKER_NAMES } from './brokers/choice.ts'
import type { BrokerName, Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

export interface BenchOptions {
  scenarios: Scenario[]
  durationSec: number
  warmupSec: number
  rounds: number
  /** Undefined: those that each scenario wants. */
  brokers: BrokerName[] | undefined
  jsonFile: string | undefined
  url: string | undefined
  pid: number
}

/** A mistake of whoever typed the command: shown as one line, without a stack. */
export class UsageError extends Error {}

const DEFAULT_SCENARIOS: Scenario[] = SCENARIOS.filter(({ onlyByName }) => !onlyByName)

export const HELP: string = `npm run bench -- [options]

Measures Leveret, and a RabbitMQ beside it where one is installed.

  --scenario s1-16,s5   only these (all: ${names(DEFAULT_SCENARIOS)};
                        only when named: ${names(SCENARIOS.filter(({ onlyByName }) => onlyByName))})
  --duration 5          seconds for a measurement
  --warmup 1            seconds at its beginning that do not count
  --rounds 3            measurements of each scenario; the report gives their median
  --quick               a first look: --duration 2 --warmup 0.5 --rounds 1
  --brokers leveret     these, of ${BROKER_NAMES.join(', ')};
                        otherwise leveret and rabbitmq, and leveret-os where confirms are measured
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
    brokers: values.brokers?.split(',').map(brokerName),
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
  if (names === undefined) return DEFAULT_SCENARIOS
  return names.split(',').map((name) => {
    const scenario = SCENARIOS.find((each) => each.name === name)
    if (!scenario) throw new UsageError(`there is no scenario "${name}"; see --help`)
    return scenario
  })
}

function brokerName(text: string): BrokerName {
  const name = BROKER_NAMES.find((each) => each === text)
  if (!name) throw new UsageError(`there is no broker "${text}"; see --help`)
  return name
}

function names(scenarios: Scenario[]): string {
  return scenarios.map(({ name }) => name).join(' ')
}

function positive(option: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`${option} must be a number above 0, not "${text}"`)
  return value
}
