// Prometheus's text format. https://prometheus.io/docs/instrumenting/exposition_formats/

type Labels = Readonly<Record<string, string>>

/** One metric: its values, told apart by labels. */
export interface Metric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'untyped'
  readonly help: string
  readonly values: readonly (readonly [Labels, number])[]
}

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(printed).join('')
}

function printed({ name, type, help, values }: Metric): string {
  const lines = values.map(([labels, value]) => `${name}${printedLabels(labels)} ${value}\n`)
  return `# TYPE ${name} ${type}\n# HELP ${name} ${help}\n${lines.join('')}`
}

function printedLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
