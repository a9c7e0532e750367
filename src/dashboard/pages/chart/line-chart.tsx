import type { VNode } from 'preact'
import { duration } from '../format/figures.ts'
import { frameOf, type Point, polyline } from './maths.ts'

export interface Line {
  readonly label: string
  /** Which of the colours: the same thing has the same everywhere. */
  readonly colour: number
  readonly points: readonly Point[]
  /** How much it is now. */
  readonly now: string
}

interface LineChartProps {
  readonly title: string
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
}

const WIDTH = 600
const HEIGHT = 140

/** Lines over time. What they are now stands below them in words. */
export function LineChart({ title, lines, format }: LineChartProps): VNode {
  const drawn = lines.filter(({ points }) => points.length > 1)
  const frame = frameOf(
    drawn.map(({ points }) => points),
    WIDTH,
    HEIGHT,
  )
  return (
    <figure class="chart">
      {drawn.length === 0 ? (
        <p class="empty quiet">Samples are being taken …</p>
      ) : (
        <div class="plot">
          <span class="axis top">{format(frame.max)}</span>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
            <title>{title}</title>
            <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
            <line class="grid" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
            {drawn.map(({ label, colour, points }) => (
              <polyline
                key={label}
                class={`line colour-${colour}`}
                points={polyline(points, frame)}
              />
            ))}
          </svg>
          <span class="axis start">{duration(frame.toMs - frame.fromMs)} ago</span>
          <span class="axis end">now</span>
        </div>
      )}
      <Legend lines={lines} />
    </figure>
  )
}

function Legend({ lines }: { readonly lines: readonly Line[] }): VNode {
  return (
    <ul class="legend">
      {lines.map(({ label, colour, now }) => (
        <li key={label}>
          <span class={`mark colour-${colour}`} aria-hidden="true" />
          {label} <b>{now}</b>
        </li>
      ))}
    </ul>
  )
}
