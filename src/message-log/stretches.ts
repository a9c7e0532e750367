/** Messages of a queue that follow each other, by what is to be known of them without reading them. */
export interface Stretch {
  readonly from: number
  to: number
  /** About what they take. */
  bytes: number
  readonly firstMs: number
  lastMs: number
}

const STRETCH_BYTES = 256 * 1024

/**
 * The times of a queue's messages, as they are found when the log is read: a few numbers for each
 * quarter of a megabyte. What was stored again comes behind what it was before, so order comes last.
 */
export class Stretches {
  readonly #stretches: Stretch[] = []

  /** Each sequence once; they mostly come in order. */
  add(sequence: number, timeMs: number, bytes: number): void {
    const last = this.#stretches.at(-1)
    if (last !== undefined && sequence === last.to + 1 && last.bytes < STRETCH_BYTES) {
      last.to = sequence
      last.bytes += bytes
      last.lastMs = timeMs
    } else {
      this.#stretches.push({ from: sequence, to: sequence, bytes, firstMs: timeMs, lastMs: timeMs })
    }
  }

  /** In the order of sequences, those from this one on. */
  from(sequence: number): readonly Stretch[] {
    const live = this.#stretches.filter(({ to }) => to >= sequence)
    return live.map((stretch) => endOf(stretch, sequence)).sort((a, b) => a.from - b.from)
  }
}

function endOf(stretch: Stretch, sequence: number): Stretch {
  const { from, to, bytes } = stretch
  if (from >= sequence) return stretch
  const part = (to - sequence + 1) / (to - from + 1)
  return { ...stretch, from: sequence, bytes: Math.round(bytes * part) }
}
