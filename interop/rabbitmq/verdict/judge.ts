// Whether a scenario went as it should: the same on both sides, or different as the tables say.

import { DIFFERENCES, EVERYWHERE } from '../differences.ts'
import { NOT_YET } from '../not-yet.ts'
import { lineDifferences } from './line-differences.ts'

/** Throws an error whose message shows both transcripts, unless all is as it should be. */
export function judge(
  scenario: string,
  rabbitmqSaid: readonly string[],
  leveretSaid: readonly string[],
): void {
  const rabbitmq = comparable(rabbitmqSaid, 'rabbitmq')
  const leveret = comparable(leveretSaid, 'leveret')
  const found = lineDifferences(rabbitmq, leveret)
  const isSame = found.rabbitmq.length + found.leveret.length === 0
  const expected = DIFFERENCES.find((difference) => difference.scenario === scenario)
  if (NOT_YET.has(scenario)) {
    if (isSame) fail('both sides are the same by now: take it out of not-yet.ts')
  } else if (expected === undefined) {
    if (!isSame) fail(`Leveret is not like RabbitMQ\n${sideBySide(rabbitmq, leveret)}`)
  } else if (isSame) {
    fail('both sides are the same by now: take it out of differences.ts')
  } else if (
    !isEqual(found.rabbitmq, expected.rabbitmq) ||
    !isEqual(found.leveret, expected.leveret)
  ) {
    fail(
      `the difference is not the one of differences.ts, but ${JSON.stringify(found, null, 2)}\n${sideBySide(rabbitmq, leveret)}`,
    )
  }
}

/** The names of the differences that any scenario has shown so far. */
export const seenEverywhere: Set<string> = new Set()

/** A transcript without what differs everywhere. */
export function comparable(transcript: readonly string[], side: 'rabbitmq' | 'leveret'): string[] {
  return transcript.map((line) => withoutKnown(line, side))
}

function withoutKnown(line: string, side: 'rabbitmq' | 'leveret'): string {
  return EVERYWHERE.reduce((rest, difference) => {
    const expression = difference[side]
    if (expression === undefined) return rest
    const without = rest.replaceAll(expression, '')
    if (without !== rest) seenEverywhere.add(difference.what)
    return without
  }, line)
}

/** One below the other, common lines once: `-` is RabbitMQ, `+` is Leveret. */
export function sideBySide(rabbitmq: readonly string[], leveret: readonly string[]): string {
  const { rabbitmq: gone, leveret: come } = lineDifferences(rabbitmq, leveret)
  const missing = [...gone]
  const extra = [...come]
  const lines: string[] = []
  let j = 0
  const flush = (): void => {
    while (extra.length > 0 && leveret[j] === extra[0]) {
      lines.push(`+ ${extra.shift()}`)
      j++
    }
  }
  for (const line of rabbitmq) {
    if (missing[0] === line) {
      lines.push(`- ${missing.shift()}`)
      continue
    }
    flush()
    lines.push(`  ${line}`)
    j++
  }
  flush()
  return lines.join('\n')
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index])
}

function fail(message: string): never {
  throw new Error(message)
}
