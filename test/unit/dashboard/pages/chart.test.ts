import { describe, expect, it } from 'vitest'
import {
  frameOf,
  growth,
  levels,
  polyline,
  roundUp,
} from '../../../../src/dashboard/pages/chart/maths.ts'
import {
  happened,
  levelLines,
  rateLines,
  rateOf,
} from '../../../../src/dashboard/pages/chart/readings.ts'

const SAMPLES = [
  { sample: 150, timestamp: 10_000 },
  { sample: 100, timestamp: 5000 },
  { sample: 0, timestamp: 0 },
]

describe('points of a chart', () => {
  it('are how fast a total grew, oldest first', () => {
    expect(growth(SAMPLES)).toEqual([
      { timeMs: 5000, value: 20 },
      { timeMs: 10_000, value: 10 },
    ])
  })

  it('are never below nothing, when what is counted began anew', () => {
    const samples = [
      { sample: 3, timestamp: 5000 },
      { sample: 100, timestamp: 0 },
    ]
    expect(growth(samples)).toEqual([{ timeMs: 5000, value: 0 }])
  })

  it('pass over samples of the same time', () => {
    const samples = [
      { sample: 3, timestamp: 5000 },
      { sample: 2, timestamp: 5000 },
    ]
    expect(growth(samples)).toEqual([])
  })

  it('are none of a single sample', () => {
    expect(growth(SAMPLES.slice(0, 1))).toEqual([])
    expect(growth([])).toEqual([])
  })

  it('are levels as they are, oldest first', () => {
    expect(levels(SAMPLES).map(({ value }) => value)).toEqual([0, 100, 150])
  })
})

describe('the frame of a chart', () => {
  it.each([
    [0, 1],
    [0.3, 1],
    [1, 1],
    [1.1, 2],
    [3, 5],
    [6, 10],
    [1001, 2000],
    [99_999, 100_000],
  ])('ends above %d at %d', (value, end) => {
    expect(roundUp(value)).toBe(end)
  })

  it('has room for all lines', () => {
    const lines = [levels(SAMPLES), [{ timeMs: 20_000, value: 301 }]]
    expect(frameOf(lines, 600, 100)).toEqual({
      width: 600,
      height: 100,
      fromMs: 0,
      toMs: 20_000,
      max: 500,
    })
  })

  it('is there without any lines', () => {
    expect(frameOf([], 600, 100)).toMatchObject({ fromMs: 0, toMs: 0, max: 1 })
  })

  it('has the oldest at the left, and the greatest at the top', () => {
    const points = levels(SAMPLES)
    const frame = { width: 600, height: 100, fromMs: 0, toMs: 10_000, max: 200 }
    expect(polyline(points, frame)).toBe('0,100 300,50 600,25')
  })

  it('takes points of one time', () => {
    const frame = frameOf([[{ timeMs: 5, value: 1 }]], 600, 100)
    expect(polyline([{ timeMs: 5, value: 1 }], frame)).toBe('0,0')
  })
})

describe('lines of readings', () => {
  const readings = {
    publish: 150,
    publish_details: { rate: 10, samples: SAMPLES },
    ack: 0,
    ack_details: { rate: 0 },
    get: 3,
  }

  it('are named, and say how fast it is now', () => {
    const [line] = rateLines(readings, [['publish', 'Publish', 1]])
    expect(line).toMatchObject({ label: 'Publish', colour: 1, now: '10/s' })
    expect(line?.points).toHaveLength(2)
  })

  it('say how many there are now', () => {
    const [line] = levelLines(readings, [['publish', 'Messages', 1]])
    expect(line).toMatchObject({ label: 'Messages', now: '150' })
    expect(line?.points).toHaveLength(3)
  })

  it('are without points where there are no samples', () => {
    const lines = rateLines(readings, [
      ['ack', 'Acknowledge', 1],
      ['confirm', 'Confirm', 2],
    ])
    expect(lines.map(({ points, now }) => [points.length, now])).toEqual([
      [0, '0/s'],
      [0, '0/s'],
    ])
  })

  it('are of what has happened, and of the first ones always', () => {
    const names = ['confirm', 'ack', 'get', 'publish']
    const lines = names.map((name) => [name, name, 1] as const)
    expect(happened(readings, lines, 1).map(([name]) => name)).toEqual([
      'confirm',
      'get',
      'publish',
    ])
  })

  it('have a rate of 0 where nothing is told', () => {
    expect(rateOf(undefined, 'publish')).toBe(0)
    expect(rateOf(readings, 'confirm')).toBe(0)
    expect(rateOf(readings, 'publish')).toBe(10)
  })
})
