// Everything measured, put in order: rows of the report, and for each broker
// of a row the samples of all rounds with their medians.

import type { FigureName, Figures } from '../load/job.ts'
import type { Goal, Step } from '../scenario.ts'

/** The middle of all samples, and how far they spread. */
export interface Spread {
  median: number
  min: number
  max: number
}

export interface BrokerResult {
  broker: string
  samples: Figures[]
  faults: string[]
  spreads: Partial<Record<FigureName, Spread>>
}

export interface Row {
  step: Step
  brokers: BrokerResult[]
}

export class Results {
  readonly rows: Row[] = []

  add(step: Step, broker: string, figures: Figures, faults: string[]): void {
    let row = this.rows.find((each) => each.step.row === step.row)
    if (!row) {
      row = { step, brokers: [] }
      this.rows.push(row)
    }
    let result = row.brokers.find((each) => each.broker === broker)
    if (!result) {
      result = { broker, samples: [], faults: [], spreads: {} }
      row.brokers.push(result)
    }
    if (Object.keys(figures).length > 0) result.samples.push(figures)
    result.faults.push(...faults)
    result.spreads = spreadsOf(result.samples)
  }

  get hasFaults(): boolean {
    return this.rows.some(({ brokers }) => brokers.some(({ faults }) => faults.length > 0))
  }
}

/** The goals of a row that are meant for this broker. */
export function goalsOf({ goals }: Step, { broker }: BrokerResult): Goal[] {
  return goals.filter((goal) => (goal.broker ?? broker) === broker)
}

/** Whether the median keeps to the goal; undefined when the figure is not known. */
export function meets(goal: Goal, { spreads }: BrokerResult): boolean | undefined {
  const spread = spreads[goal.figure]
  return spread && spread.median <= goal.atMost
}

function spreadsOf(samples: Figures[]): Partial<Record<FigureName, Spread>> {
  const names = new Set(samples.flatMap((sample) => Object.keys(sample) as FigureName[]))
  return Object.fromEntries(
    [...names].map((name) => {
      const values = samples.map((sample) => sample[name]).filter((value) => value !== undefined)
      return [name, spreadOf(values)]
    }),
  )
}

export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
