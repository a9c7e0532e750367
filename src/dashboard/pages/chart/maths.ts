// From the broker's samples to points of a line, without anything of a page in it.

/** A reading of a total or of a length, as the API prints it: newest first. */
export interface Sample {
  readonly sample: number
  readonly timestamp: number
}

export interface Point {
  readonly timeMs: number
  readonly value: number
}

/** What grew in each second between one sample and the next, oldest first. */
export function growth(samples: readonly Sample[]): Point[] {
  const points: Point[] = []
  for (let index = samples.length - 2; index >= 0; index--) {
    const [older, newer] = [samples[index + 1] as Sample, samples[index] as Sample]
    const seconds = (newer.timestamp - older.timestamp) / 1000
    if (seconds <= 0) continue
    // Totals only grow, unless what is counted began anew.
    const value = Math.max(0, newer.sample - older.sample) / seconds
    points.push({ timeMs: newer.timestamp, value })
  }
  return points
}

/** The samples as they are, oldest first. */
export function levels(samples: readonly Sample[]): Point[] {
  return samples.map(({ sample, timestamp }) => ({ timeMs: timestamp, value: sample })).reverse()
}

/** The least of 1, 2 and 5 and their tens that is no less: where an axis can end. */
export function roundUp(value: number): number {
  if (value <= 1) return 1
  const ten = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5, 10].find((one) => one * ten >= value) ?? 10
  return step * ten
}

export interface Frame {
  readonly width: number
  readonly height: number
  readonly fromMs: number
  readonly toMs: number
  readonly max: number
}

/** The frame that all lines fit in. */
export function frameOf(
  lines: readonly (readonly Point[])[],
  width: number,
  height: number,
): Frame {
  const points = lines.flat()
  const times = points.map(({ timeMs }) => timeMs)
  const max = roundUp(Math.max(0, ...points.map(({ value }) => value)))
  const toMs = Math.max(0, ...times)
  return { width, height, fromMs: Math.min(toMs, ...times), toMs, max }
}

/** The points of an SVG polyline: time to the right, values upwards. */
export function polyline(points: readonly Point[], frame: Frame): string {
  const { width, height, fromMs, toMs, max } = frame
  const span = Math.max(1, toMs - fromMs)
  return points
    .map(({ timeMs, value }) => {
      const x = ((timeMs - fromMs) / span) * width
      const y = height - (value / max) * height
      return `${round(x)},${round(y)}`
    })
    .join(' ')
}

const round = (value: number): number => Math.round(value * 10) / 10
