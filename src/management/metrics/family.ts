import type { Metric } from './exposition.ts'
import type { View } from './view.ts'

/** Metrics that RabbitMQ gives together: https://www.rabbitmq.com/docs/prometheus#detailed-endpoint */
export interface Family {
  readonly name: string
  /** Without the prefix; told apart by labels where there are several of a kind. */
  readonly measure: (view: View) => readonly Metric[] | Promise<readonly Metric[]>
  /** Only told when it is asked for by name, and with that prefix. */
  readonly clusterWide?: true
}

type Measured<T> = readonly [
  name: string,
  type: Metric['type'],
  help: string,
  read: (thing: T) => number,
]

/** One metric of each row, with a value for each thing. */
export function ofEach<T>(
  things: readonly T[],
  labels: (thing: T) => Readonly<Record<string, string>>,
  rows: readonly Measured<T>[],
): Metric[] {
  const labelled = things.map((thing) => [thing, labels(thing)] as const)
  return rows.map(([name, type, help, read]) => ({
    name,
    type,
    help,
    values: labelled.map(([thing, of]) => [of, read(thing)]),
  }))
}

/** The same of the one thing that there is. */
export const ofOne = <T>(thing: T, rows: readonly Measured<T>[]): Metric[] =>
  ofEach([thing], () => ({}), rows)

/** One value for all. */
export function summed({ name, type, help, values }: Metric): Metric {
  const sum = values.reduce((total, [, value]) => total + value, 0)
  return { name, type, help, values: [[{}, sum]] }
}
