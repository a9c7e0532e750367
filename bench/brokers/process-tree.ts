// CPU and memory of a broker, from /proc: the process it was started as and
// all its descendants together, every thread included. On systems without
// /proc each figure is NaN, and the report leaves it out.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

interface ProcessStat {
  parent: number
  cpuTicks: number
}

let ticksPerSec = 0

/** `pid` and its descendants that are alive now; only `pid` itself where there is no /proc. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of listProc()) {
    const stat = readStat(entry)
    if (!stat) continue
    const siblings = children.get(stat.parent)
    if (siblings) siblings.push(entry)
    else children.set(stat.parent, [entry])
  }
  const tree = [pid]
  for (const member of tree) tree.push(...(children.get(member) ?? []))
  return tree
}

/** User and system CPU seconds the tree under `pid` has used so far. */
export function cpuSeconds(pid: number): number {
  let ticks = 0
  let found = false
  for (const member of processTree(pid)) {
    const stat = readStat(member)
    if (!stat) continue
    found = true
    ticks += stat.cpuTicks
  }
  return found ? ticks / clockTicks() : Number.NaN
}

/** Resident memory of the tree in MiB: as it is now, or the highest since `resetPeak`. */
export function residentMiB(pid: number, which: 'now' | 'peak'): number {
  const key = which === 'now' ? 'VmRSS:' : 'VmHWM:'
  let kib = Number.NaN
  for (const member of processTree(pid)) {
    const status = read(`/proc/${member}/status`)
    const at = status?.indexOf(key) ?? -1
    if (status === undefined || at < 0) continue
    kib = (Number.isNaN(kib) ? 0 : kib) + Number.parseInt(status.slice(at + key.length), 10)
  }
  return kib / 1024
}

/** Lets the peak start anew at what is resident now, where the system permits it. */
export function resetPeak(pid: number): void {
  for (const member of processTree(pid)) {
    try {
      writeFileSync(`/proc/${member}/clear_refs`, '5')
    } catch {
      // Not ours, or gone: its peak then stays what it was since its start.
    }
  }
}

/** CPU seconds that all cores of this machine were busy since boot. */
export function machineCpuSeconds(): number {
  const line = read('/proc/stat')?.split('\n', 1)[0]
  if (!line) return Number.NaN
  const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number)
  return (user! + nice! + system! + irq! + softirq! + steal!) / clockTicks()
}

function listProc(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function readStat(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`)
  if (!text) return undefined
  // The second field is the program's name in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { parent: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

function clockTicks(): number {
  if (ticksPerSec === 0) {
    try {
      ticksPerSec = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
    } catch {
      ticksPerSec = 100
    }
  }
  return ticksPerSec
}
