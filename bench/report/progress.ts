import type { Sample } from '../measure.ts'
import { formatNumber, formatRate } from './format.ts'

/** From so many busy cores of others on, figures are to be distrusted. */
const NOISY_CORES = 0.25

/** One line for one finished measurement. */
export function progressLine(round: string, broker: string, sample: Sample): string {
  const { step, figures, faults } = sample
  const parts: string[] = []
  const { messagesPerSec, cpuUs, connectionKiB, queueKiB, readyMs, otherCores = 0 } = figures
  if (messagesPerSec !== undefined) parts.push(`${formatRate(messagesPerSec)}/s`)
  if (cpuUs !== undefined) parts.push(`${formatNumber(cpuUs)} µs CPU/message`)
  if (connectionKiB !== undefined) parts.push(`${formatNumber(connectionKiB)} KiB/connection`)
  if (queueKiB !== undefined) parts.push(`${formatNumber(queueKiB)} KiB/queue`)
  if (readyMs !== undefined) parts.push(`ready after ${formatNumber(readyMs)} ms`)
  if (otherCores > NOISY_CORES) parts.push(`noisy: others keep ${otherCores.toFixed(1)} cores busy`)
  if (faults.length > 0) parts.push(`FAULT: ${faults.join('; ')}`)
  return `${round}  ${step.row.padEnd(11)} ${broker.padEnd(10)} ${parts.join(', ')}`
}
