// What two transcripts do not have in common, line by line.

export interface LineDifferences {
  /** Lines that only RabbitMQ's transcript has. */
  readonly rabbitmq: readonly string[]
  /** Lines that only Leveret's transcript has. */
  readonly leveret: readonly string[]
}

export function lineDifferences(
  rabbitmq: readonly string[],
  leveret: readonly string[],
): LineDifferences {
  const common = commonLengths(rabbitmq, leveret)
  const only: { rabbitmq: string[]; leveret: string[] } = { rabbitmq: [], leveret: [] }
  let i = 0
  let j = 0
  while (i < rabbitmq.length || j < leveret.length) {
    if (i < rabbitmq.length && rabbitmq[i] === leveret[j]) {
      i++
      j++
    } else if (at(common, i + 1, j) >= at(common, i, j + 1) && i < rabbitmq.length) {
      only.rabbitmq.push(rabbitmq[i++] as string)
    } else if (j < leveret.length) {
      only.leveret.push(leveret[j++] as string)
    } else {
      only.rabbitmq.push(rabbitmq[i++] as string)
    }
  }
  return only
}

/** For each pair of places, how many lines the rests behind them can have in common. */
function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    new Array<number>(right.length + 1).fill(0),
  )
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      row[j] =
        left[i] === right[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1))
    }
  }
  return lengths
}

function at(lengths: readonly number[][], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0
}
