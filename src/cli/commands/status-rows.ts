import { bytesText, durationText } from '../output/units.ts'

/** What there is to know of a broker at one glance, in the HTTP API's names. */
export interface Overview {
  readonly node: string
  readonly product_name?: string
  readonly product_version?: string
  readonly rabbitmq_version: string
  readonly cluster_name: string
  readonly object_totals: Readonly<Record<string, number>>
  readonly queue_totals: Readonly<Record<string, number>>
  readonly message_stats: Readonly<Record<string, unknown>>
  readonly listeners?: readonly {
    readonly protocol: string
    readonly ip_address: string
    readonly port: number
  }[]
}

export interface Node {
  readonly uptime: number
  readonly mem_used: number
  readonly mem_limit: number
  readonly mem_alarm: boolean
  readonly disk_free: number
  readonly disk_free_limit: number
  readonly disk_free_alarm: boolean
}

interface Row {
  readonly what: string
  readonly figure: string
}

/** Lines of `leveret status`; those of the node only for who may look at it. */
export function statusRows(overview: Overview, node: Node | undefined): Row[] {
  const product = overview.product_name ?? 'RabbitMQ'
  const version = overview.product_version ?? overview.rabbitmq_version
  const listeners = (overview.listeners ?? []).map(
    ({ protocol, ip_address, port }) => `${protocol} ${ip_address}:${port}`,
  )
  return [
    row('Broker', `${product} ${version}`),
    row('Node', overview.node),
    ...(node === undefined ? [] : nodeRows(node)),
    row('Listeners', listeners.join(', ')),
    row(
      'Connections',
      `${total(overview, 'connections')}, channels ${total(overview, 'channels')}`,
    ),
    row('Queues', `${total(overview, 'queues')}, consumers ${total(overview, 'consumers')}`),
    row('Exchanges', total(overview, 'exchanges')),
    row('Messages', messages(overview.queue_totals)),
    row('Rates', rates(overview.message_stats)),
  ]
}

const row = (what: string, figure: string): Row => ({ what, figure })

function nodeRows(node: Node): Row[] {
  const alarms = [node.mem_alarm ? 'memory' : [], node.disk_free_alarm ? 'disk' : []].flat()
  return [
    row('Uptime', durationText(node.uptime)),
    row('Memory', `${bytesText(node.mem_used)}, limit ${bytesText(node.mem_limit)}`),
    row('Disk free', `${bytesText(node.disk_free)}, limit ${bytesText(node.disk_free_limit)}`),
    row('Alarms', alarms.length === 0 ? 'none' : `${alarms.join(', ')}: publishers are held back`),
  ]
}

const total = ({ object_totals }: Overview, name: string): string =>
  String(object_totals[name] ?? 0)

function messages(totals: Overview['queue_totals']): string {
  const figure = (name: string): string => String(totals[name] ?? 0)
  return `${figure('messages_ready')} ready, ${figure('messages_unacknowledged')} unacked`
}

function rates(stats: Overview['message_stats']): string {
  const rate = (name: string): string => {
    const details = stats[`${name}_details`] as { readonly rate?: number } | undefined
    return `${(details?.rate ?? 0).toFixed(1)}/s`
  }
  return `in ${rate('publish')}, out ${rate('deliver_get')}, acknowledged ${rate('ack')}`
}
