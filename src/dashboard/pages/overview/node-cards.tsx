import type { VNode } from 'preact'
import { usePolled } from '../api/use-polled.ts'
import { bytes, count, duration } from '../format/figures.ts'
import { visible } from '../format/names.ts'
import { Card } from '../layout/card.tsx'
import { type Fact, Facts } from '../layout/facts.tsx'
import { Problem } from '../layout/problem.tsx'

interface Node {
  readonly name: string
  readonly running: boolean
  readonly uptime: number
  readonly os_pid: string
  readonly processors: number
  readonly db_dir: string
  readonly sockets_used: number
  readonly mem_used: number
  readonly mem_limit: number
  readonly mem_alarm: boolean
  readonly disk_free: number
  readonly disk_free_limit: number
  readonly disk_free_alarm: boolean
}

/** How each node does, and first of all what is wrong with it. */
export function NodeCards(): VNode {
  const { data: all = [], error } = usePolled<readonly Node[]>('/nodes')
  const data = all.filter(({ running }) => running)
  return (
    <>
      {error !== undefined && <Problem text={error.message} />}
      {all
        .filter(({ running }) => !running)
        .map(({ name }) => (
          <Problem key={name} text={`Node ${visible(name)} is away.`} />
        ))}
      {data.flatMap(alarmsOf).map((alarm) => (
        <Problem key={alarm} text={alarm} />
      ))}
      {data.map((node) => (
        <Card key={node.name} title={`Node ${visible(node.name)}`}>
          <Facts facts={factsOf(node)} />
        </Card>
      ))}
    </>
  )
}

function alarmsOf(node: Node): string[] {
  const alarms: string[] = []
  if (node.mem_alarm) {
    const figures = `${bytes(node.mem_used)} of ${bytes(node.mem_limit)}`
    alarms.push(`Memory alarm: ${figures} are used. Publishers are blocked.`)
  }
  if (node.disk_free_alarm) {
    const figures = `${bytes(node.disk_free)} are left, and ${bytes(node.disk_free_limit)} are the least`
    alarms.push(`Disk alarm: ${figures}. Publishers are blocked.`)
  }
  return alarms
}

function factsOf(node: Node): Fact[] {
  return [
    ['Up for', duration(node.uptime)],
    ['Memory', <Level used={node.mem_used} limit={node.mem_limit} name="Memory used" />],
    ['Disk free', `${bytes(node.disk_free)}, at least ${bytes(node.disk_free_limit)}`],
    ['Sockets', count(node.sockets_used)],
    ['Processors', count(node.processors)],
    ['Process', node.os_pid],
    ['Data', visible(node.db_dir)],
  ]
}

interface LevelProps {
  readonly name: string
  readonly used: number
  readonly limit: number
}

function Level({ name, used, limit }: LevelProps): VNode {
  return (
    <>
      <meter aria-label={name} min={0} max={limit} high={limit * 0.8} value={used} /> {bytes(used)}{' '}
      of {bytes(limit)}
    </>
  )
}
